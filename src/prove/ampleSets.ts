import type { Execution } from '../explore/execution/execution.ts';
import { lowestSetBit } from '../explore/schedulers/scheduler.ts';
import type { Place } from '../memory/cell.ts';
import * as kinds from '../memory/kinds.ts';
import type { Fairness } from './endlessProgram.ts';

const { isChoice, isData, isLoad, isStore, Kind, kindOf, placeOf } = kinds;

/** No access was seen: each lock is held in all of them. */
const NO_ACCESS = -1;

/**
 * HOT. Partial-order reduction by ample sets (Peled, "All from one, one for all", CAV 1993). A step
 * that no other thread can disturb need not be interleaved: from a state with such a step, it alone
 * is taken. Safety and fair cycles stay the same, if the step
 *
 * - is independent of all that other threads do before it. It is a choice; or an access where each
 *   conflicting access of another thread holds a lock that this thread holds now; or gives a lock
 *   back. Under weak fairness the last is no such step: a thread that waits for the lock must be
 *   seen waiting.
 * - is invisible: no property sees it. It changes no place that a property reads, and does not
 *   begin or end an operation.
 * - is not all there is on a cycle: the last step of an operation is never taken alone.
 *
 * Which accesses there are is learnt from the accesses that come next in the visited states. When
 * the table of accesses changes, the search starts again with it (`hasLearnt`).
 */
export class AmpleSets {
  hasLearnt = false;
  private readonly execution: Execution;
  private readonly isUnlockIndependent: boolean;
  /** By place: the number of its region. Places that overlap are in one. */
  private readonly regionOf: Int32Array;
  private readonly regions: number;
  /** By thread and region: the locks that are held in all loads, and in all stores, as bits. */
  private readonly loads: Int32Array;
  private readonly stores: Int32Array;
  /** By region: whether a property reads it. */
  private readonly visible: Uint8Array;
  /** By number of a lock: its word in memory. */
  private readonly locks: readonly number[];

  /** @param visible the places that properties read */
  constructor(execution: Execution, visible: readonly Place[], fairness: Fairness) {
    this.execution = execution;
    this.isUnlockIndependent = fairness === 'strong';
    const { places, node } = execution;
    this.regionOf = regionsOf(places);
    this.regions = places.length;
    this.loads = new Int32Array(node.length * this.regions).fill(NO_ACCESS);
    this.stores = new Int32Array(node.length * this.regions).fill(NO_ACCESS);
    this.visible = new Uint8Array(this.regions);
    for (const { id } of visible) this.visible[this.regionOf[id]] = 1;
    this.locks = places.filter(({ kind }) => kind === 'mutex' || kind === 'spinlock').map(({ offset }) => offset >>> 2);
  }

  /** Adds the next access of each thread to the table. */
  learn(): void {
    const { pending, node } = this.execution;
    for (let thread = 0; thread < node.length; thread++) {
      const code = pending[thread];
      if (code < 0 || !isData(kindOf(code)) || isChoice(kindOf(code))) continue;
      const region = this.regionOf[placeOf(code)];
      const held = this.heldBy(thread);
      if (!isStore(kindOf(code))) this.add(this.loads, thread, region, held);
      if (!isLoad(kindOf(code))) this.add(this.stores, thread, region, held);
    }
  }

  private add(table: Int32Array, thread: number, region: number, held: number): void {
    const at = thread * this.regions + region;
    const all = table[at] & held;
    if (all === table[at]) return;
    table[at] = all;
    this.hasLearnt = true;
  }

  /**
   * By word of memory: the bits that matter. Cells that no operation and no property reads do not,
   * so states that differ in them alone are one state.
   *
   * @param read further places that properties read
   */
  liveBits(read: readonly Place[]): Uint32Array {
    const { execution, regionOf, regions } = this;
    const live = new Uint32Array(execution.bytes.u32.length).fill(0xffff_ffff);
    const bytes = new Uint8Array(live.buffer);
    const isRead = new Set(read.map(({ id }) => regionOf[id]));
    for (const { id, kind, offset, bits } of execution.places) {
      const region = regionOf[id];
      if (kind === 'mutex' || kind === 'spinlock' || this.visible[region] !== 0 || isRead.has(region)) continue;
      if (execution.program.actors.some((_, t) => this.loads[t * regions + region] !== NO_ACCESS)) continue;
      bytes.fill(0, offset, offset + bits / 8);
    }
    return live;
  }

  /** A thread of `enabled` whose step is independent and changes nothing visible; -1: none. */
  independentThread(enabled: number): number {
    for (let rest = enabled; rest !== 0; rest &= rest - 1) {
      const thread = lowestSetBit(rest);
      if (this.isIndependent(thread, this.execution.pending[thread])) return thread;
    }
    return -1;
  }

  private isIndependent(thread: number, code: number): boolean {
    const kind = kindOf(code);
    if (isChoice(kind)) return true;
    if (kind === Kind.unlock) return this.isUnlockIndependent;
    if (!isData(kind)) return false;
    const region = this.regionOf[placeOf(code)];
    if (!isLoad(kind) && this.visible[region] !== 0) return false;
    const held = this.heldBy(thread);
    for (let other = 0; other < this.execution.node.length; other++) {
      if (other === thread) continue;
      const at = other * this.regions + region;
      if (this.stores[at] !== NO_ACCESS && (this.stores[at] & held) === 0) return false;
      if (!isLoad(kind) && this.loads[at] !== NO_ACCESS && (this.loads[at] & held) === 0) return false;
    }
    return true;
  }

  /** The locks that a thread holds, as bits. */
  private heldBy(thread: number): number {
    const { u32 } = this.execution.bytes;
    let held = 0;
    for (let i = 0; i < this.locks.length; i++) if (u32[this.locks[i]] === thread + 1) held |= 1 << i;
    return held;
  }
}

/** By place: the least number of a place that it overlaps with, directly or not. */
function regionsOf(places: readonly Place[]): Int32Array {
  const regions = Int32Array.from(places, (_, i) => i);
  const ends = (place: Place): number => place.offset + place.bits / 8;
  for (let changed = true; changed; ) {
    changed = false;
    for (const a of places)
      for (const b of places)
        if (regions[b.id] > regions[a.id] && a.offset < ends(b) && b.offset < ends(a)) {
          regions[b.id] = regions[a.id];
          changed = true;
        }
  }
  return regions;
}
