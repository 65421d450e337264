// Checkpoint cycles a second of a machine on real threads. Every commit is checked, while the clock stands still.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { machine, PHASES } from './machine.mjs';
import { BURST, VCPUS } from './workload.mjs';

/** Who takes a checkpoint: the thread of the vCPU that stops last, or one of its own. */
export const ON_VCPU = VCPUS;
export const ON_ITS_OWN = VCPUS + 1;

/** Looks before a thread sleeps: about half a millisecond, or as long as one sleep takes. */
export const SPINS = 100_000;
export const FEW_SPINS = 5_000;

/** Bursts there are at least, however slow. */
const FEWEST = 4;

/**
 * The median of bursts: microseconds a cycle, and of those in each phase where `timed`; and how many commits were checked. Throws when one is wrong.
 * @param what `threads`: ON_VCPU or ON_ITS_OWN; `spins`: looks before a thread sleeps; `pml`: whether the processor logs what is written, or pages
 *   are write-protected; `broken`: what is left out, to see it found
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
    const counted = bursts.slice(bursts.length >> 2); // without those in which the engine was still compiling
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

/** A commit that is not what the guest was. */
export class Wrong extends Error {}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
