import { performAccess, performFence } from '../../src/memory/accessMemory.ts';
import type { Place } from '../../src/memory/cell.ts';
import { ForwardingMemory } from '../../src/memory/forwardingMemory.ts';
import { Kind, kindNames } from '../../src/memory/kinds.ts';
import type { Memory } from '../../src/memory/memory.ts';

/** Another memory without some orderings: `storeRelease(flags)` is a store, `wmb()` nothing. */
export class WeakenedMemory extends ForwardingMemory {
  private readonly weakened: readonly string[];

  constructor(mem: Memory, weakened: readonly string[]) {
    super(mem);
    this.weakened = weakened;
  }

  protected override access(kind: number, place: Place, operand: number | bigint, expected: number): number | bigint {
    const isWeak = (name: string): boolean => this.weakened.some((of) => of === `${name}(${place.name.split('.')[1]})`);
    const weaker =
      kind === Kind.storeRelease && isWeak('storeRelease')
        ? Kind.store
        : kind === Kind.loadAcquire && isWeak('loadAcquire')
          ? Kind.load
          : kind;
    return performAccess(this.mem, weaker, place, operand, expected);
  }
  protected override fenceStep(kind: number): void {
    if (!this.weakened.includes(`${kindNames[kind]}()`)) performFence(this.mem, kind);
  }
}
