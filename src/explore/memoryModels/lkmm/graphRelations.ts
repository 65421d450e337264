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
  private acquires = new Uint32Array(4);
  private releases = new Uint32Array(4);
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
    return { address: all, data: all, control: all, areClosed: true };
  }

  noDependencies(): Dependencies {
    const none = this.pool.empty();
    return { address: none, data: none, control: none, areClosed: true };
  }

  /** Keeps the pairs of marked events of a relation. */
  keepMarked(of: EventRelation): EventRelation {
    return this.events.hasPlain ? of.between(this.marked) : of;
  }

  private loadSets(): void {
    const { count, flags } = this.events;
    const words = (count + 31) >>> 5;
    if (words > this.marked.length) {
      this.marked = new Uint32Array(2 * words);
      this.writes = new Uint32Array(2 * words);
      this.reads = new Uint32Array(2 * words);
      this.plain = new Uint32Array(2 * words);
      this.acquires = new Uint32Array(2 * words);
      this.releases = new Uint32Array(2 * words);
    }
    const { marked, writes, reads, plain, acquires, releases } = this;
    for (const set of [marked, writes, reads, plain, acquires, releases]) set.fill(0);
    for (let e = 0; e < count; e++) {
      const bit = 1 << (e & 31);
      (flags[e] & Is.plain ? plain : marked)[e >>> 5] |= bit;
      (flags[e] & Is.write ? writes : reads)[e >>> 5] |= bit;
      if (flags[e] & Is.acquire) acquires[e >>> 5] |= bit;
      if (flags[e] & Is.release) releases[e >>> 5] |= bit;
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
    const { count, thread } = this.events;
    this.po = pool.empty();
    this.internal = pool.empty();
    this.strongFence = pool.empty();
    this.rmb = pool.empty();
    this.wmb = pool.empty();
    for (let start = 0, end = 0; start < count; start = end) {
      while (end < count && thread[end] === thread[start]) end++;
      this.addThread(start, end);
    }
    this.rmb.to(this.reads);
    this.wmb.to(this.writes);
    this.release = pool.copy(this.po).to(this.releases).join(this.strongFence);
    this.nonReadWriteFence = pool.copy(this.po).from(this.acquires).join(this.release);
  }

  /** The events of a thread, from the last one: which of the later ones come after a fence? */
  private addThread(start: number, end: number): void {
    const { po, internal, strongFence } = this;
    const { flags, mb, rmb, wmb } = this.events;
    let [afterMb, afterRmb, afterWmb] = [end, end, end];
    for (let e = end - 1; e >= start; e--) {
      const next = e + 1;
      if (next < end) {
        if (mb[next] > mb[e]) afterMb = next;
        if (rmb[next] > rmb[e]) afterRmb = next;
        if (wmb[next] > wmb[e]) afterWmb = next;
      }
      internal.addRange(e, start, end);
      po.addRange(e, next, end);
      strongFence.addRange(e, afterMb, end);
      if (flags[e] & Is.write) this.wmb.addRange(e, afterWmb, end);
      else this.rmb.addRange(e, afterRmb, end);
    }
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
