import { dirname, relative, sep } from 'node:path';
import { progressIn } from '../campaign/directory/campaignDirectory.ts';
import { type CampaignFinding, summaryOf } from '../campaign/summary.ts';
import { momentsIn } from '../campaign/timeSamples.ts';
import { parseSchedule } from '../explore/schedule.ts';
import { BadInput } from '../input/badInput.ts';
import { KernelError } from '../kernel/compiled.ts';
import { areVms, isVm, type ScenarioRef } from '../scenario/scenarioRef.ts';
import { canaryTables } from './canaryTables.ts';
import type { CampaignData, CampaignFindingData } from './data.ts';
import { interleavingOf } from './interleaving.ts';

/** Steps of the pictures that one page holds, at most: about 20 MB. What does not fit has its file and its command. */
const STEPS_MAX = 100_000;
/** Moments of the clock that are drawn, at most. */
const MOMENTS_MAX = 600;

/**
 * A campaign as its directory has it; nothing is written there, and another process may be running it.
 *
 * @param page the file that links are seen from. Throws `BadInput` where there is no campaign.
 */
export async function campaignOf(directory: string, page: string): Promise<CampaignData> {
  const progress = progressIn(directory);
  const summary = await summaryOf({ progress, directory, setAside: [] });
  const { coverage, growth, scenarios, lost, further, canary } = summary;
  const { claims, isFull, digest: _, ...grown } = coverage;
  const findings: CampaignFindingData[] = [];
  let room = STEPS_MAX;
  for (const finding of summary.findings) {
    const shown = await findingOf(finding, page, room);
    room -= shown.interleaving?.steps.length ?? 0;
    findings.push(shown);
  }
  return {
    kind: 'campaign',
    directory,
    seed: summary.seed,
    memoryModel: summary.memoryModel,
    tearing: summary.tearing,
    ...(canary !== undefined && { canary }),
    executions: summary.executions,
    steps: summary.steps,
    failed: summary.failed,
    classes: summary.classes,
    coverage: { ...grown, claims, isFull },
    growth: growth.at(-1)?.executions === grown.executions ? growth : [...growth, grown],
    clock: thinned(momentsIn(directory)),
    scenarios: scenarios.map(({ name, executions, failed, classes, unseen, missing }) => ({
      ...{ name, executions, failed, classes, unseen, missing },
    })),
    findings,
    further: Object.entries(further),
    open: summary.open,
    lost: lost.map(({ batch, scenario, why }) => `batch ${batch} of ${scenario}: ${why}`),
    canaries: canaryTables(new Set(progress.settings.bases.flatMap(({ source }) => trackersOf(source)))),
  };
}

async function findingOf(finding: CampaignFinding, page: string, room: number): Promise<CampaignFindingData> {
  const {
    key,
    property,
    message,
    memoryModel,
    tearing,
    inFull,
    contextSwitches,
    after,
    catalogue,
    title,
    file,
    canary,
  } = finding;
  const order = parseSchedule(finding.schedule) ?? [];
  const replay = `npx gfnring replay ${file}`;
  const shown = {
    ...{ key, property, message, memoryModel, contextSwitches, after, catalogue, title, replay },
    scenario: finding.scenario.name,
    href: encodeURI(relative(dirname(page), file).split(sep).join('/')),
  };
  if (order.length > room) return { ...shown, why: 'it has too many steps for this page' };
  try {
    const commands = [{ what: 'reproduce', line: replay }];
    const machine = { memoryModel, tearing, inFull };
    return {
      ...shown,
      interleaving: await interleavingOf(
        { source: finding.scenario, order, machine, canary, expected: property, commands },
        file,
      ),
    };
  } catch (error) {
    // A module that has gone, or a C file that is not compiled here, is no reason to show nothing of a campaign.
    if (error instanceof BadInput || error instanceof KernelError) return { ...shown, why: error.message };
    throw error;
  }
}

function trackersOf(source: ScenarioRef): string[] {
  if (areVms(source)) return source.vms.flatMap(trackersOf);
  return isVm(source) ? [source.tracker ?? 'gfn-ring'] : [];
}

/** Every so many, and the last. */
function thinned<T>(moments: readonly T[]): T[] {
  const every = Math.ceil(moments.length / MOMENTS_MAX);
  return moments.filter((_, i) => i % every === 0 || i === moments.length - 1);
}
