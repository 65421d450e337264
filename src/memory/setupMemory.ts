import type { Lock } from './cell.ts';
import { NativeMemory } from './nativeMemory.ts';

/** For work that runs alone: initial values, and what is done after all threads have ended. Takes every lock as free. */
export class SetupMemory extends NativeMemory {
  constructor(buffer: ArrayBuffer | SharedArrayBuffer) {
    // Atomics work on plain buffers as well, and nothing waits here.
    super(buffer as SharedArrayBuffer, 0);
  }
  override lock(_lock: Lock): void {}
  override unlock(_lock: Lock): void {}
}
