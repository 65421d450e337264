import { fileURLToPath, pathToFileURL } from 'node:url';
import { Piscina } from 'piscina';
import { noteEnding, noteOwn } from './supervision.ts';

/** What a thread of a pool says beside the results of its tasks. */
interface PoolMessage {
  readonly kind: string;
  /** `ends`: what a module has called. The thread ends. */
  readonly call: string;
}

/**
 * A pool of worker threads that live as long as it does. It can be destroyed at any time.
 *
 * @param filename see `workerFile`.
 */
export function createPool(filename: string, threads: number): Piscina {
  noteOwn('workers');
  const pool = new Piscina({
    filename: fileURLToPath(new URL('./poolThread.cjs', import.meta.url)),
    workerData: pathToFileURL(filename).href,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  });
  pool.on('message', (message: PoolMessage) => {
    if (message.kind === 'ends') noteEnding(message.call);
  });
  return pool;
}

/**
 * Ends the threads of a pool. A thread without a task does not keep the event loop alive, and its
 * end is an event of that loop: without another, Node would end the process before it.
 */
export async function destroyPool(pool: Piscina): Promise<void> {
  const alive = setInterval(() => {}, 1000);
  try {
    await pool.destroy();
  } finally {
    clearInterval(alive);
  }
}
