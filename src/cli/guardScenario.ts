import { formatMemoryLimit } from '../explore/limits.ts';
import { oneLine } from '../input/oneLine.ts';
import { type Ending, type EndReason, guarded, runDueCallbacks } from '../process/supervision.ts';
import type { ExploreReport } from '../run/exploreReport.ts';
import type { ExploreOptions } from '../run/exploreScenario.ts';
import { undecidedReport } from '../run/undecidedReport.ts';
import { toJson } from './output.ts';
import { reportNotes, scenarioResultLine } from './scenarioResultLine.ts';

/** Seconds beyond its limit after which a scenario is ended from outside. */
export const SCENARIO_GRACE_SECONDS = 0.7;

/**
 * Explores a scenario. If that does not return within its time, because an operation, a property or
 * the set-up does not, the command ends and prints that the scenario is undecided.
 *
 * @param documentOf the JSON document that is then printed; undefined: text is printed.
 * @param explore may call `end`, which ends the command for that reason, and does not return.
 * @param isElsewhere whether another thread explores: then `explore` calls `end` if that is late.
 */
export function guardScenario<T>(
  name: string,
  options: ExploreOptions,
  documentOf: ((report: ExploreReport) => unknown) | undefined,
  explore: (end: (reason: EndReason) => Promise<never>) => Promise<T>,
  isElsewhere = false,
): Promise<T> {
  const { seconds, bytes } = options.limits;
  const endingFor = (reason: EndReason): Ending => {
    const limits = {
      late: `${seconds} seconds`,
      interrupted: 'an interruption',
      'out of memory': formatMemoryLimit(bytes),
    };
    const report = undecidedReport(name, options, limits[reason]);
    const lines = [scenarioResultLine(report), ...reportNotes(report)];
    return {
      status: reason === 'interrupted' ? 'interrupted' : 'undecided',
      stdout: documentOf === undefined ? `${lines.map(oneLine).join('\n')}\n` : toJson(documentOf(report)),
    };
  };
  const end = (reason: EndReason): Promise<never> =>
    guarded(
      0,
      () => endingFor(reason),
      () => new Promise(() => {}),
    );
  return guarded(isElsewhere ? Infinity : seconds + SCENARIO_GRACE_SECONDS, endingFor, async () => {
    const result = await explore(end);
    await runDueCallbacks();
    return result;
  });
}
