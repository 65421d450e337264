import { isChoice, isFence, KIND_TRAITS, Kind, kindOf, placeOf, Trait } from '../../../memory/kinds.ts';
import type { Execution } from '../../execution/execution.ts';
import type { GraphMemory } from '../../trust/graphMemory.ts';

/** A graph that tells what each step has read. */
export interface ReadGraph extends GraphMemory {
  /** By step: the store that it has read; lower than 0: none. */
  readonly read: readonly number[];
  /**
   * Whether the plain accesses of a thread to a location may race. Then they are like marked ones:
   * Linux assumes that those of a word are atomic (CONFIG_KCSAN_ASSUME_PLAIN_WRITES_ATOMIC).
   */
  mayRace(thread: number, location: number): boolean;
}

/** What an event is, as bits. */
export const Is = {
  write: 1 << 0,
  plain: 1 << 1,
  /** A load-acquire, or the read of a lock. */
  acquire: 1 << 2,
  /** A store-release, or an unlock. */
  release: 1 << 3,
  lockRead: 1 << 4,
  unlock: 1 << 5,
  /** The write of a read-modify-write or of a lock; its read is the event before. */
  update: 1 << 6,
} as const;

/**
 * HOT under `lkmm`. The events of a graph: reads and writes. A read-modify-write is two, and so is
 * the taking of a lock. They are in order of threads, and then of program order.
 */
export class GraphEvents {
  count = 0;
  /** By event: its step, its thread, its location, and what it is. */
  readonly step: number[] = [];
  readonly thread: number[] = [];
  readonly location: number[] = [];
  readonly flags: number[] = [];
  /** How many fences of its thread come before it. */
  readonly mb: number[] = [];
  readonly rmb: number[] = [];
  readonly wmb: number[] = [];
  /** By step: its read, and its write; -1: none. */
  readonly readOf: number[] = [];
  readonly writeOf: number[] = [];
  hasFullFence = false;
  hasPlain = false;
  hasUnlock = false;
  hasUpdate = false;

  load({ memory, steps, footprints, tree, nodes }: Execution<ReadGraph>): void {
    this.count = 0;
    this.hasFullFence = this.hasPlain = this.hasUnlock = this.hasUpdate = false;
    for (let s = 0; s < steps; s++) this.readOf[s] = this.writeOf[s] = -1;
    for (let thread = 0; thread < memory.stepsOf.length; thread++) {
      let [mb, rmb, wmb] = [0, 0, 0];
      for (const s of memory.stepsOf[thread]) {
        const code = tree.code[nodes[s]];
        const kind = kindOf(code);
        if (isChoice(kind)) continue;
        if (isFence(kind)) {
          if (kind === Kind.mb) mb++;
          else if (kind === Kind.rmb) rmb++;
          else wmb++;
          continue;
        }
        const traits = KIND_TRAITS[kind];
        const location = memory.locations.of[placeOf(code)][0];
        const writes = (KIND_TRAITS[kindOf(footprints[s])] & Trait.writes) !== 0;
        const isLock = kind === Kind.lock;
        const updates = writes && (isLock || (traits & Trait.rmw) !== 0);
        const isFull = updates && (traits & Trait.full) !== 0;
        const plain = (traits & Trait.plain) !== 0 && !memory.mayRace(thread, location) ? Is.plain : 0;
        if (isFull) mb++;
        if (updates || !writes) {
          // A compare-and-exchange that fails orders nothing.
          const isAcquiring = (traits & Trait.acquire) !== 0 && (updates || (traits & Trait.load) !== 0);
          this.readOf[s] = this.count;
          this.add(
            s,
            thread,
            location,
            plain | (isAcquiring ? Is.acquire : 0) | (isLock ? Is.lockRead : 0),
            mb,
            rmb,
            wmb,
          );
        }
        if (writes) {
          const isReleasing = (traits & Trait.release) !== 0;
          const is =
            (isReleasing ? Is.release : 0) | (updates ? Is.update : 0) | (kind === Kind.unlock ? Is.unlock : 0);
          this.writeOf[s] = this.count;
          this.add(s, thread, location, Is.write | plain | is, mb, rmb, wmb);
        }
        if (isFull) mb++;
        if (kind === Kind.unlock) this.hasUnlock = true;
        if (updates) this.hasUpdate = true;
        if (plain !== 0) this.hasPlain = true;
      }
      if (mb > 0) this.hasFullFence = true;
    }
  }

  private add(s: number, thread: number, location: number, flags: number, mb: number, rmb: number, wmb: number): void {
    const e = this.count++;
    this.step[e] = s;
    this.thread[e] = thread;
    this.location[e] = location;
    this.flags[e] = flags;
    this.mb[e] = mb;
    this.rmb[e] = rmb;
    this.wmb[e] = wmb;
  }
}
