import { AccessMemory, performAccess, performFence } from '../../src/memory/accessMemory.ts';
import type { Place } from '../../src/memory/cell.ts';
import { Kind, kindNames } from '../../src/memory/kinds.ts';
import type { Memory } from '../../src/memory/memory.ts';

/** Another memory without some orderings: `storeRelease(flags)` is a store, `wmb()` nothing. */
export class WeakenedMemory extends AccessMemory {
  private readonly mem: Memory;
  private readonly weakened: readonly string[];

  constructor(mem: Memory, weakened: readonly string[]) {
    super();
    this.mem = mem;
    this.weakened = weakened;
  }

  get thread(): number {
    return this.mem.thread;
  }
  origin: string | undefined;

  protected access(kind: number, place: Place, operand: number | bigint, expected: number): number | bigint {
    const isWeak = (name: string): boolean => this.weakened.some((of) => of === `${name}(${place.name.split('.')[1]})`);
    const weaker =
      kind === Kind.storeRelease && isWeak('storeRelease')
        ? Kind.store
        : kind === Kind.loadAcquire && isWeak('loadAcquire')
          ? Kind.load
          : kind;
    return performAccess(this.mem, weaker, place, operand, expected);
  }
  protected fenceStep(kind: number): void {
    if (!this.weakened.includes(`${kindNames[kind]}()`)) performFence(this.mem, kind);
  }
}
