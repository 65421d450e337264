import type { Execution } from '../../execution/execution.ts';
import type { Dependencies } from './dependencies.ts';
import { type EventRelation, RelationPool } from './eventRelation.ts';
import { GraphEvents, Is, type ReadGraph } from './graphEvents.ts';

/**
 * HOT under `lkmm`. The relations of a graph that do not depend on dependencies, under their names
 * in `tools/memory-model/linux-kernel.cat`. They are valid until the next graph is loaded.
 */
export class GraphRelations {
  readonly events = new GraphEvents();
  readonly pool = new RelationPool();
  /** Sets of events, a bit each. */
  marked = new Uint32Array(4);
  writes = new Uint32Array(4);
  reads = new Uint32Array(4);
  plain = new Uint32Array(4);
  /** Reads-from, within threads and between them. */
  rfi!: EventRelation;
  rfe!: EventRelation;
  co!: EventRelation;
  fr!: EventRelation;
  po!: EventRelation;
  internal!: EventRelation;
  strongFence!: EventRelation;
  /** Strong fences, and from what is before a release to it. */
  release!: EventRelation;
  /** `release`, and from an acquire to what is after it. */
  nonReadWriteFence!: EventRelation;
  rmb!: EventRelation;
  wmb!: EventRelation;
  unlockThenLock!: EventRelation;
  /** (rf; rmw)+ */
  rmwSequence!: EventRelation;

  load(execution: Execution<ReadGraph>): this {
    const { events, pool } = this;
    events.load(execution);
    pool.restart(events.count);
    this.rfi = pool.empty();
    this.rfe = pool.empty();
    this.co = pool.empty();
    this.fr = pool.empty();
    this.loadSets();
    this.addCommunication(execution);
    this.addProgramOrder();
    this.unlockThenLock = pool.empty();
    if (events.hasUnlock) this.addUnlockLock();
    this.rmwSequence = pool.empty();
    if (events.hasUpdate) this.addRmwSequence();
    return this;
  }

  get size(): number {
    return this.events.count;
  }

  /** All dependencies that there could be: each event depends on each read before it. */
  allDependencies(): Dependencies {
    const all = this.pool.copy(this.po).from(this.reads);
    return { address: all, data: all, control: all, areAll: true };
  }

  noDependencies(): Dependencies {
    return { address: this.pool.empty(), data: this.pool.empty(), control: this.pool.empty() };
  }

  private loadSets(): void {
    const { count, flags } = this.events;
    const words = (count + 31) >>> 5;
    if (words > this.marked.length) {
      this.marked = new Uint32Array(2 * words);
      this.writes = new Uint32Array(2 * words);
      this.reads = new Uint32Array(2 * words);
      this.plain = new Uint32Array(2 * words);
    }
    for (const set of [this.marked, this.writes, this.reads, this.plain]) set.fill(0);
    for (let e = 0; e < count; e++) {
      const bit = 1 << (e & 31);
      (flags[e] & Is.plain ? this.plain : this.marked)[e >>> 5] |= bit;
      (flags[e] & Is.write ? this.writes : this.reads)[e >>> 5] |= bit;
    }
  }

  private addCommunication({ memory, steps }: Execution<ReadGraph>): void {
    const { readOf, writeOf, thread } = this.events;
    const { order, step, location, rank } = memory.stores;
    for (const stores of order)
      for (let i = 1; i < stores.length; i++)
        for (let j = i + 1; j < stores.length; j++) this.co.add(writeOf[step[stores[i]]], writeOf[step[stores[j]]]);
    for (let s = 0; s < steps; s++) {
      const read = readOf[s];
      const store = memory.read[s];
      if (read < 0 || store < 0) continue;
      const stores = order[location[store]];
      for (let i = rank[store] + 1; i < stores.length; i++) this.fr.add(read, writeOf[step[stores[i]]]);
      if (step[store] < 0) continue;
      const write = writeOf[step[store]];
      (thread[write] === thread[read] ? this.rfi : this.rfe).add(write, read);
    }
  }

  private addProgramOrder(): void {
    const { pool } = this;
    const { count, thread, flags, mb, rmb, wmb } = this.events;
    const [po, internal, strongFence, release] = [pool.empty(), pool.empty(), pool.empty(), pool.empty()];
    const [nonReadWriteFence, readFence, writeFence] = [pool.empty(), pool.empty(), pool.empty()];
    for (let a = 0; a < count; a++) {
      internal.add(a, a);
      for (let b = a + 1; b < count && thread[b] === thread[a]; b++) {
        po.add(a, b);
        internal.add(a, b).add(b, a);
        const isStrong = mb[b] > mb[a];
        if (isStrong) strongFence.add(a, b);
        const isRelease = isStrong || (flags[b] & Is.release) !== 0;
        if (isRelease) release.add(a, b);
        if (isRelease || (flags[a] & Is.acquire) !== 0) nonReadWriteFence.add(a, b);
        const isFromWrite = (flags[a] & Is.write) !== 0;
        if (isFromWrite !== ((flags[b] & Is.write) !== 0)) continue;
        if (isFromWrite) {
          if (wmb[b] > wmb[a]) writeFence.add(a, b);
        } else if (rmb[b] > rmb[a]) readFence.add(a, b);
      }
    }
    Object.assign(this, { po, internal, strongFence, release, nonReadWriteFence, rmb: readFence, wmb: writeFence });
  }

  /** po; [unlock]; (po | rf); [lock read]; po */
  private addUnlockLock(): void {
    const { count, thread, flags } = this.events;
    for (let u = 0; u < count; u++) {
      if ((flags[u] & Is.unlock) === 0) continue;
      for (let l = 0; l < count; l++) {
        if ((flags[l] & Is.lockRead) === 0 || !((thread[l] === thread[u] && l > u) || this.rfe.has(u, l))) continue;
        for (let a = u - 1; a >= 0 && thread[a] === thread[u]; a--)
          for (let b = l + 1; b < count && thread[b] === thread[l]; b++) this.unlockThenLock.add(a, b);
      }
    }
  }

  private addRmwSequence(): void {
    const { count, flags } = this.events;
    const rmw = this.pool.empty();
    for (let e = 1; e < count; e++) if (flags[e] & Is.update) rmw.add(e - 1, e);
    this.rmwSequence.joinSequence(this.rfe, rmw).joinSequence(this.rfi, rmw).close();
  }
}
