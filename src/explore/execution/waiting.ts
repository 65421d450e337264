import type { Place } from '../../memory/cell.ts';
import { isFence, Kind, kindOf, placeOf } from '../../memory/kinds.ts';
import type { Execution } from './execution.ts';

/**
 * A thread that cannot go on. `assumed`: an assumption of it was false. `spins`: it would repeat an
 * iteration of a spin loop. `locks`: it waits for a lock. `sleeps`: it sleeps on a cell, until a
 * `wake`.
 */
export interface WaitingThread {
  readonly thread: number;
  readonly kind: 'assumed' | 'spins' | 'locks' | 'sleeps';
  /** The lock or the cell; undefined for `assumed` and `spins`. */
  readonly place?: Place;
  /** In words: `vcpu0 waits for mmu_lock, held by vcpu1`. */
  readonly message: string;
}

/**
 * Each thread that has not ended, and why it cannot go on. Asked of an execution in which none can.
 */
export function waitingThreads(execution: Execution): WaitingThread[] {
  const threads = execution.program.actors.map((_, thread) => thread);
  return threads
    .filter((thread) => execution.live & (1 << thread))
    .map((thread) => ({ thread, ...reasonOf(execution, thread) }));
}

function reasonOf(execution: Execution, thread: number): Omit<WaitingThread, 'thread'> {
  const { places, pending, spins } = execution;
  const { actors } = execution.program;
  const { name } = actors[thread];
  if (execution.halted & (1 << thread)) return { kind: 'assumed', message: `${name} assumed what does not hold` };
  if (execution.spinning & (1 << thread)) {
    const reads = spins.of(thread)!.reads.map(({ code, low }) => `${places[placeOf(code)].name} → ${low}`);
    return { kind: 'spins', message: `${name} goes round: ${reads.join(', ')}` };
  }
  const place = places[placeOf(pending[thread])];
  if (kindOf(pending[thread]) !== Kind.lock)
    return { kind: 'sleeps', place, message: `${name} sleeps on ${place.name}` };
  const holder = execution.bytes.u32[place.offset >>> 2] - 1;
  const by = holder === thread ? 'itself' : actors[holder].name;
  return { kind: 'locks', place, message: `${name} waits for ${place.name}, held by ${by}` };
}

/**
 * What the threads that have not ended wait for: locks, cells that they sleep on, cells that they
 * spin over.
 */
export function awaitedPlaces(execution: Execution): Place[] {
  const { places, pending, spins, live } = execution;
  return execution.program.actors.flatMap((_, thread) => {
    if (!(live & (1 << thread)) || pending[thread] < 0) return [];
    const codes = spins.of(thread)?.reads.map(({ code }) => code) ?? [pending[thread]];
    return codes.filter((code) => !isFence(kindOf(code))).map((code) => places[placeOf(code)]);
  });
}
