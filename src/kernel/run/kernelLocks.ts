import type { Lock } from '../../memory/cell.ts';
import type { Layout } from '../../memory/layout.ts';
import type { Memory } from '../../memory/memory.ts';
import type { LockKind } from '../compiled.ts';

/**
 * A lock of Linux, made of locks of the scheduler. A reader holds the lock of its own thread, so
 * readers do not exclude each other. Whoever excludes readers takes the locks of all threads.
 */
export interface KernelLock {
  /** Taken by all that exclude each other. Readers hold it while they enter. */
  readonly exclusive: Lock;
  /** By thread. Empty where the lock has no readers. */
  readonly readers: readonly Lock[];
  /** Whether a writer can hold it: readers of SRCU never wait. */
  readonly hasWriters: boolean;
}

/** What the locks of some code need. */
export interface LockUse {
  /** The number of threads of the scenario. */
  readonly threads: number;
  /** Whether the code takes an rwlock_t or a semaphore as a reader. */
  readonly hasReaders: boolean;
  /** Whether the code has readers of SRCU, or waits for them. */
  readonly hasSrcu: boolean;
}

/** Lays out a lock; `exclusive` is its lock that others share. */
export function layKernelLock(
  layout: Layout,
  name: string,
  kind: LockKind,
  use: LockUse,
  exclusive = layout.lock(name, sleeps(kind) ? 'mutex' : 'spinlock'),
): KernelLock {
  const hasReaders = kind === 'srcu' ? use.hasSrcu : use.hasReaders && kind !== 'mutex' && kind !== 'spinlock';
  const readers = Array.from({ length: hasReaders ? use.threads : 0 }, (_, thread) =>
    layout.lock(`${name}.reader${thread}`, sleeps(kind) ? 'mutex' : 'spinlock'),
  );
  return { exclusive, readers, hasWriters: kind !== 'srcu' };
}

const sleeps = (kind: LockKind): boolean => kind !== 'spinlock' && kind !== 'rwlock';

export function lockExclusively(mem: Memory, { exclusive, readers }: KernelLock): void {
  mem.lock(exclusive);
  for (const reader of readers) mem.lock(reader);
}

export function unlockExclusively(mem: Memory, { exclusive, readers }: KernelLock): void {
  for (const reader of readers) mem.unlock(reader);
  mem.unlock(exclusive);
}

export function lockAsReader(mem: Memory, { exclusive, readers, hasWriters }: KernelLock): void {
  if (hasWriters) mem.lock(exclusive);
  mem.lock(readers[mem.thread]);
  if (hasWriters) mem.unlock(exclusive);
}

export function unlockAsReader(mem: Memory, { readers }: KernelLock): void {
  mem.unlock(readers[mem.thread]);
}

/** Returns when all readers that were there at the call have left. */
export function waitForReaders(mem: Memory, { readers }: KernelLock): void {
  for (const reader of readers) {
    mem.lock(reader);
    mem.unlock(reader);
  }
}

/** How deep a call is in the sections of readers of SRCU, which may nest. */
export class SrcuSections {
  private readonly depths = new Map<KernelLock, number>();

  /** A new call: an earlier one may have been aborted. */
  reset(): void {
    this.depths.clear();
  }

  enter(mem: Memory, lock: KernelLock): void {
    const depth = this.depths.get(lock) ?? 0;
    if (depth === 0) lockAsReader(mem, lock);
    this.depths.set(lock, depth + 1);
  }

  leave(mem: Memory, lock: KernelLock): void {
    const depth = this.depths.get(lock) ?? 0;
    if (depth <= 1) unlockAsReader(mem, lock);
    this.depths.set(lock, depth - 1);
  }
}
