import type { WaitQueues } from '../../memory/waitQueues.ts';
import type { VarintBuffer } from './varintBuffer.ts';

/**
 * Adds the order of the threads that sleep in wait queues which have one. Which threads these are
 * is known from the rest of a state.
 *
 * @param order the threads in the order in which a state has them; left out: by number.
 */
export function addQueueOrder(queues: WaitQueues, key: VarintBuffer, order?: readonly number[]): void {
  const { asleep, since } = queues;
  for (let i = 0; i < asleep.length; i++) {
    const t = order === undefined ? i : order[i];
    if (asleep[t] >= 0 && since[t] >= 0) key.add(queues.rankOf(t));
  }
}
