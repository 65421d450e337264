import { parseSchedule } from '../../explore/schedule.ts';
import { StrictReplayScheduler } from '../../explore/schedulers/replay.ts';
import { BadInput } from '../../input/badInput.ts';
import { createRun, runOnce } from '../../run/createRun.ts';
import { openScenario } from '../../scenario/scenarioRef.ts';
import { Coverage, type ExecutionCoverage } from '../coverage/coverage.ts';
import type { CorpusEntry } from './corpusEntry.ts';

/** Replays an entry and returns all that it covers. Throws `BadInput` if it cannot be replayed. */
export async function entryCoverage(entry: CorpusEntry): Promise<ExecutionCoverage> {
  const order = parseSchedule(entry.schedule)!;
  const run = createRun(await openScenario(entry.scenario), order.length + 1, entry);
  const coverage = new Coverage(run, entry.base);
  const replay = new StrictReplayScheduler(order);
  runOnce(run, replay);
  if (replay.strayed >= 0)
    throw new BadInput(`an entry of ${entry.base} cannot be run: its scenario has changed since; fuzz it anew`);
  return coverage.add(true) ?? { pairs: [], states: [], transitions: [], claims: [] };
}
