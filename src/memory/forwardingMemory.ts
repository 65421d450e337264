import { AccessMemory, performAccess, performFence } from './accessMemory.ts';
import type { Cell, Cell64, Place } from './cell.ts';
import type { Memory } from './memory.ts';

/** A memory that makes each access on another one. Subclasses change some of them. */
export abstract class ForwardingMemory extends AccessMemory {
  protected readonly mem: Memory;

  constructor(mem: Memory) {
    super();
    this.mem = mem;
  }

  get thread(): number {
    return this.mem.thread;
  }
  get origin(): string | undefined {
    return this.mem.origin;
  }
  set origin(origin: string | undefined) {
    this.mem.origin = origin;
  }

  override waitUntil(cell: never, holds: never): never {
    return this.mem.waitUntil(cell, holds) as never;
  }
  override wait(cell: never, expected: never, timeout?: number): never {
    return this.mem.wait(cell, expected, timeout as number) as never;
  }
  override startWait(cell: Cell | Cell64, expected: number | bigint): boolean {
    return this.mem.startWait(cell, expected);
  }
  override endWait(cell: Cell | Cell64, timeout: number): 'ok' | 'timed-out' {
    return this.mem.endWait(cell, timeout);
  }
  override wake(cell: never, count?: number): never {
    return this.mem.wake(cell, count as number) as never;
  }

  protected access(kind: number, place: Place, operand: number | bigint, expected: number | bigint): number | bigint {
    return performAccess(this.mem, kind, place, operand, expected);
  }
  protected fenceStep(kind: number): void {
    performFence(this.mem, kind);
  }
  protected choiceStep(count: number): number {
    return this.mem.choose(count);
  }
}
