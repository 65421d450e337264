import { parseSchedule } from '../explore/schedule.ts';
import { createFinding, type Finding } from '../run/finding.ts';
import type { ScenarioRef } from '../scenario/scenarioRef.ts';
import type { BatchFailure } from './batch.ts';
import type { CampaignSettings } from './settings.ts';

/** A finding that is not minimised. */
export function findingAsFound(
  failure: BatchFailure,
  source: ScenarioRef,
  { memoryModel, tearing }: CampaignSettings,
): Finding {
  const schedule = parseSchedule(failure.schedule)!;
  return createFinding({ ...failure, source, memoryModel, tearing, schedule });
}
