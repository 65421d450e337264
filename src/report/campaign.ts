import { dirname, relative, sep } from 'node:path';
import { readState } from '../campaign/directory/eventLog.ts';
import { type CampaignFinding, summariseCampaign } from '../campaign/summary.ts';
import { readTimeSamples } from '../campaign/timeSamples.ts';
import { parseSchedule } from '../explore/schedule.ts';
import { BadInput } from '../input/badInput.ts';
import { KernelError } from '../kernel/compiled.ts';
import type { CampaignData, CampaignFindingData } from './data.ts';
import { renderInterleaving } from './interleaving.ts';
import { reproduceCommand } from './reproduceCommand.ts';

/**
 * Steps of all interleavings in one page, about 20 MB. A finding that does not fit is shown with
 * its file and its command.
 */
const STEPS_MAX = 100_000;
/** Time samples in the charts. */
const SAMPLES_MAX = 600;

/**
 * Reads a campaign's directory. It writes nothing there, and the campaign may be running. Throws
 * `BadInput` if there is no campaign.
 *
 * @param page the file of the page: links are relative to it.
 */
export async function renderCampaign(directory: string, page: string): Promise<CampaignData> {
  const state = readState(directory);
  const summary = await summariseCampaign({ state, directory, quarantined: [] });
  const { coverage, growth, scenarios, lostBatches, surplus, canary } = summary;
  const { claims, isFull, digest: _, ...covered } = coverage;
  const findings: CampaignFindingData[] = [];
  let stepsLeft = STEPS_MAX;
  for (const finding of summary.findings) {
    const data = await renderFinding(finding, page, stepsLeft);
    stepsLeft -= data.interleaving?.steps.length ?? 0;
    findings.push(data);
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
    coverage: { ...covered, claims, isFull },
    growth: growth.at(-1)?.executions === covered.executions ? growth : [...growth, covered],
    clock: thinOut(readTimeSamples(directory)),
    scenarios: scenarios.map(({ name, executions, failed, classes, unseen, missing }) => ({
      ...{ name, executions, failed, classes, unseen, missing },
    })),
    findings,
    surplus: Object.entries(surplus),
    unminimised: summary.unminimised,
    unreadable: summary.unreadable,
    lostBatches: lostBatches.map(({ batch, scenario, why }) => `batch ${batch} of ${scenario}: ${why}`),
  };
}

async function renderFinding(finding: CampaignFinding, page: string, stepsMax: number): Promise<CampaignFindingData> {
  const { key, property, message, memoryModel, contextSwitches, after, catalogue, title, file } = finding;
  const order = parseSchedule(finding.schedule) ?? [];
  const replay = reproduceCommand(finding);
  const data = {
    ...{ key, property, message, memoryModel, contextSwitches, after, catalogue, title, replay },
    scenario: finding.scenario.name,
    href: encodeURI(relative(dirname(page), file).split(sep).join('/')),
    ...(finding.unwritten && { unwritten: finding.unwritten.why }),
  };
  if (order.length > stepsMax) return { ...data, why: 'it has too many steps for this page' };
  const { scenario: source, tearing, inFull, canary } = finding;
  const machine = { memoryModel, tearing, inFull };
  const commands = [{ what: 'reproduce', line: replay }];
  try {
    const input = { source, order, machine, canary, expected: property, commands };
    return { ...data, interleaving: await renderInterleaving(input, file) };
  } catch (error) {
    // A missing module, or a C file that is not compiled here, must not hide the rest of the
    // campaign.
    if (error instanceof BadInput || error instanceof KernelError) return { ...data, why: error.message };
    throw error;
  }
}

/** Every n-th sample and the last one, at most `SAMPLES_MAX` + 1. */
function thinOut<T>(samples: readonly T[]): T[] {
  const stride = Math.ceil(samples.length / SAMPLES_MAX);
  return samples.filter((_, i) => i % stride === 0 || i === samples.length - 1);
}
