import { Exact } from '../explore/schedulers/guided.ts';
import type { Failure } from '../scenario/minimise.ts';
import { runOf, runOnce } from '../scenario/run.ts';
import { Communication, numberless } from './communication.ts';
import { digitsOf } from './hash.ts';

/** What failed, and the communication across threads that made it fail, as ten digits. Failures with the same key are taken for one. */
export function keyOf(failure: Failure): string {
  const run = runOf(failure.scenario, failure.schedule.length + 1, failure);
  runOnce(run, new Exact(failure.schedule));
  const text = [numberless(failure.property), ...new Communication(run.execution).inWords()].join('\n');
  return digitsOf(text, 10);
}
