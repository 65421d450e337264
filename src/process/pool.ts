import { Piscina } from 'piscina';
import { noteOwn } from './supervision.ts';

/**
 * A pool of worker threads that live as long as it does.
 *
 * @param filename see `workerFile`.
 */
export function createPool(filename: string, threads: number): Piscina {
  noteOwn('workers');
  return new Piscina({ filename, minThreads: threads, maxThreads: threads, idleTimeout: Infinity });
}
