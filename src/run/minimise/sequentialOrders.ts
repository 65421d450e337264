import type { Scheduler } from '../../explore/schedulers/scheduler.ts';
import { type CheckedExecution, runOnce } from '../createRun.ts';

/** An order in which the actors run one after the other, each to its end. */
export type SequentialOrder = readonly number[];

/**
 * Up to this number of actors, all orders are tried; beyond it, as many orders as there are actors.
 */
const ALL_ORDERS_MAX = 4;

/**
 * The sequential orders in which a scenario holds. A smaller scenario must hold in all of them.
 * What a user's scenario asks for may fail in any order once an operation is removed, such as a
 * count of what was done. Such a failure says nothing about interleavings.
 */
export function passingOrders(run: CheckedExecution): SequentialOrder[] {
  const threads = run.execution.program.actors.map((_, thread) => thread);
  const orders =
    threads.length <= ALL_ORDERS_MAX
      ? permutations(threads)
      : threads.map((first) => [...threads.slice(first), ...threads.slice(0, first)]);
  return orders.filter((order) => passesInOrder(run, order));
}

/** Whether a scenario holds in each of some orders. False if there is no order. */
export const passesInOrders = (run: CheckedExecution, orders: readonly SequentialOrder[]): boolean =>
  orders.length > 0 && orders.every((order) => passesInOrder(run, order));

function passesInOrder(run: CheckedExecution, order: SequentialOrder): boolean {
  const sequential: Scheduler = {
    begin: () => {},
    next: ({ enabled }) => order.find((thread) => enabled & (1 << thread)) ?? -1,
    chooseReadsFrom: () => 0,
  };
  const { stop, violation } = runOnce(run, sequential);
  return stop.kind === 'finished' && violation === undefined;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((first) => permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]));
}
