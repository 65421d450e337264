import { fileURLToPath, pathToFileURL } from 'node:url';
import { Piscina } from 'piscina';
import { noteOwn } from './supervision.ts';

/**
 * A pool of worker threads that live as long as it does. It can be destroyed at any time.
 *
 * @param filename see `workerFile`.
 */
export function createPool(filename: string, threads: number): Piscina {
  noteOwn('workers');
  return new Piscina({
    filename: fileURLToPath(new URL('./poolThread.cjs', import.meta.url)),
    workerData: pathToFileURL(filename).href,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  });
}
