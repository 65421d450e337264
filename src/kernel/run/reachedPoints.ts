import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { CompiledUnit } from '../compiled.ts';

const keyOf = ({ key }: CompiledUnit): string => `gfnring: coverage of ${key}`;
const known = new Map<string, Uint8Array>();

/**
 * The points that compiled code has reached: 1 for each, by its number. Threads that are started
 * later share it with the one that calls this first.
 */
export function reachedPoints(compiled: CompiledUnit): Uint8Array {
  if (compiled.coverage === undefined) return new Uint8Array(0);
  const key = keyOf(compiled);
  const shared = known.get(key) ?? (getEnvironmentData(key) as Uint8Array | undefined);
  const points = shared ?? new Uint8Array(new SharedArrayBuffer(compiled.coverage.points));
  if (shared === undefined) setEnvironmentData(key, points);
  known.set(key, points);
  return points;
}
