import { NativeMemory } from '../../dist/memory/nativeMemory.js';

/**
 * Native memory whose `wait` loads the cell `spins` times before it sleeps. A sleep and a wake-up
 * by the operating system can take longer than a whole cycle.
 */
export class SpinningMemory extends NativeMemory {
  constructor(buffer, thread, spins) {
    super(buffer, thread);
    this.spins = spins;
  }

  wait(cell, expected) {
    for (let i = 0; i < this.spins; i++) if (this.load(cell) !== expected) return false;
    return super.wait(cell, expected);
  }
}
