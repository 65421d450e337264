import { NativeMemory } from '../../dist/memory/nativeMemory.js';

/** Looks at the cell `spins` times before it sleeps: a hand-over that goes through the scheduler costs more than a cycle may. */
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
