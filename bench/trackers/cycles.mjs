// Measures checkpoint cycles per second of a machine on real threads. Every commit is checked while
// the clock is stopped.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { machine, PHASES } from './machine.mjs';
import { BURST, VCPUS } from './workload.mjs';

/**
 * Number of threads. With ON_VCPU the thread of the vCPU that stops last takes the checkpoint; with
 * ON_ITS_OWN a separate thread does.
 */
export const ON_VCPU = VCPUS;
export const ON_ITS_OWN = VCPUS + 1;

/**
 * Loads of a cell before a thread sleeps on it. SPINS takes about half a millisecond, FEW_SPINS as
 * long as one sleep and wake-up.
 */
export const SPINS = 100_000;
export const FEW_SPINS = 5_000;

/** Minimum number of bursts, however slow they are. */
const FEWEST = 4;

/**
 * Runs bursts of cycles. Returns the median microseconds per cycle, those of each phase if `timed`,
 * and the number of checked commits. Throws `Wrong` if a commit is wrong.
 * @param options `threads`: ON_VCPU or ON_ITS_OWN; `spins`: loads before a thread sleeps. `pml`:
 *   whether the processor logs writes (PML), otherwise pages are write-protected. `broken`: the
 *   step to leave out, to show that the check finds this
 */
export async function cycles({ tracker, threads = ON_VCPU, spins = SPINS, pml = true, seconds = 1.5, timed, broken }) {
  const shared = machine({ tracker, spins: 0, pml, broken }, threads);
  const { memory, mem, turns, times, phases } = shared;
  const workers = Array.from({ length: threads }, (_, thread) => {
    const workerData = { thread, threads, tracker, spins, pml, timed, broken, memory };
    return new Worker(new URL('thread.mjs', import.meta.url), { workerData });
  });
  try {
    const bursts = [];
    for (let end = Infinity; performance.now() < end; ) {
      const burst = bursts.length;
      phases.fill(0);
      mem.store64(times.spent, 0n);
      const checked = Promise.all(workers.map((worker) => once(worker, 'message')));
      mem.store(turns.burst, burst + 1);
      mem.wake(turns.burst);
      const wrong = (await checked).flat().find((what) => what !== undefined);
      if (wrong !== undefined) throw new Wrong(wrong);
      const took = Number(mem.load64(times.spent)) / 1e3;
      bursts.push([took, ...phases.map((ms) => ms * 1e3)].map((us) => us / BURST));
      if (bursts.length === FEWEST) end = performance.now() + seconds * 1000;
    }
    // The first quarter does not count: V8 was still compiling.
    const counted = bursts.slice(bursts.length >> 2);
    const [us, ...parts] = ['all', ...PHASES].map((_, i) => median(counted.map((burst) => burst[i])));
    return {
      us,
      phases: Object.fromEntries(PHASES.map((name, i) => [name, parts[i]])),
      commits: bursts.length * BURST,
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** A commit that differs from the guest's memory. */
export class Wrong extends Error {}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
