import type { Violation } from '../explore/execution.ts';
import { threadOf } from '../explore/schedule.ts';
import { Exact } from '../explore/schedulers/guided.ts';
import { BadInput } from './badInput.ts';
import { type Run, runOnce } from './run.ts';

/** Follows a schedule to the letter, and returns the violation it leads to. Throws `BadInput` where it cannot be followed. */
export function replay(run: Run, order: readonly number[], what: string): Violation | undefined {
  const exact = new Exact(order);
  const { stop, violation } = runOnce(run, exact);
  const { steps, program } = run.execution;
  const impossible = (step: number, why: string): BadInput =>
    new BadInput(`${what}: step ${step + 1} of the schedule is impossible: ${why}`);
  if (exact.strayed >= 0) {
    const thread = threadOf(order[exact.strayed]);
    const lanes = run.execution.node.length;
    const name = thread < lanes ? program.actors[thread % program.actors.length].name : undefined;
    throw impossible(
      exact.strayed,
      name === undefined ? `there is no thread ${thread}` : `${name} cannot take a step there`,
    );
  }
  if (stop.kind !== 'pruned' && steps < order.length && violation === undefined)
    throw impossible(steps, 'all actors have ended');
  return violation;
}
