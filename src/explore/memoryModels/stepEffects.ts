import type { Place } from '../../memory/cell.ts';
import { isWait, Kind, rmwResult } from '../../memory/kinds.ts';
import { highWord, lowWord, wideRmwResult } from '../../memory/wideRmw.ts';
import type { Execution } from '../execution/execution.ts';
import { popcount } from '../schedulers/scheduler.ts';

/**
 * Writes into the log what a read-modify-write of `thread` stores. What it has read is there
 * already.
 */
export function setRmwResult(execution: Execution, thread: number, kind: number, { bits }: Place): void {
  const { steps: s, tree, node, values, highs, olds, oldHighs } = execution;
  const at = node[thread];
  if (bits === 64) {
    const value = wideRmwResult(kind, olds[s], oldHighs[s], tree, at);
    values[s] = lowWord(value);
    highs[s] = highWord(value);
  } else values[s] = rmwResult(kind, olds[s], tree.expected[at], tree.operand[at], bits);
}

/**
 * The step of `thread` on the wait queue of a place: it falls asleep, times out or wakes others. A
 * wait has read (low, high). Returns the lower word of the result of the step.
 */
export function useWaitQueue(
  execution: Execution,
  thread: number,
  kind: number,
  id: number,
  low: number,
  high: number,
): number {
  const { queues, tree, node, values, highs, olds, steps: s } = execution;
  if (isWait(kind)) {
    values[s] = low;
    highs[s] = high;
    olds[s] = queues.since[thread];
    if (tree.expects(node[thread], low, high)) queues.sleep(thread, kind, id, s);
    return low;
  }
  if (kind === Kind.resumeFor) {
    values[s] = queues.timeOut(thread) ? 1 : 0;
    return values[s];
  }
  if (kind === Kind.wakeSome) {
    values[s] = queues.wakeSome(id, tree.operand[node[thread]]);
    return popcount(values[s]);
  }
  if (kind === Kind.wake) values[s] = queues.wakeAll(id);
  return 0;
}
