import type { Lock } from './cell.ts';
import { checkChoices } from './memory.ts';
import { NativeMemory } from './nativeMemory.ts';

/**
 * Single-threaded memory, for initial values and for checks at quiescence. Every lock counts as
 * free.
 */
export class SetupMemory extends NativeMemory {
  constructor(buffer: ArrayBuffer | SharedArrayBuffer) {
    // Atomics also work on an ArrayBuffer, and nothing waits here.
    super(buffer as SharedArrayBuffer, 0);
  }
  override lock(_lock: Lock): void {}
  override unlock(_lock: Lock): void {}
  /** Nothing is left to choose: it is the first of the numbers. */
  override choose(count: number): number {
    checkChoices(count);
    return 0;
  }
}
