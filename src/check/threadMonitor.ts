import type { Violation } from '../explore/execution/violation.ts';
import type { Lock } from '../memory/cell.ts';
import { isFence, Kind } from '../memory/kinds.ts';
import { isViolation, type Monitor, type StateView, type StepEvent, type ThreadMonitor } from './property.ts';

/** The state of a thread, and the ids of the locks that it holds. */
interface Own<State> {
  readonly state: State;
  readonly held: readonly number[];
}

/** `monitor` for each of the threads of a program. */
export function ofEachThread<State>(monitor: ThreadMonitor<State>, threads: number): Monitor<readonly Own<State>[]> {
  const update = (all: readonly Own<State>[], thread: number, state: State | Violation, held: readonly number[]) => {
    if (isViolation(state)) return state;
    const own = all[thread];
    return own.state === state && own.held === held ? all : all.with(thread, { state, held });
  };
  return {
    name: monitor.name,
    sees: () => true,
    init: () => Array.from({ length: threads }, (_, thread) => ({ state: monitor.init(thread), held: [] })),
    step(all, event) {
      if (isFence(event.kind)) return all;
      const { state, held } = all[event.thread];
      const next = monitor.step(state, event, ({ id }) => held.includes(id));
      return update(all, event.thread, next, heldAfter(held, event));
    },
    returned: (all, thread, operation, result) =>
      update(all, thread, monitor.returned(all[thread].state, thread, operation, result), all[thread].held),
    key: (all) => all.map(({ state, held }) => `${held}|${monitor.key(state)};`).join(''),
  };
}

function heldAfter(held: readonly number[], { kind, place }: StepEvent): readonly number[] {
  if (kind === Kind.lock) return [...held, place.id];
  return kind === Kind.unlock ? held.filter((id) => id !== place.id) : held;
}

/**
 * What a `Monitor` sees that is run for one thread alone: the locks that the thread holds. It must
 * not depend on the value of a cell: each is 1.
 */
export const viewOfOwnLocks = (thread: number, holds: (lock: Lock) => boolean): StateView => ({
  holder: (lock) => (holds(lock) ? thread : -1),
  read: () => 1,
  read64: () => 1n,
  words: NO_WORDS,
  results: [],
});

const NO_WORDS = new Uint32Array(0);
