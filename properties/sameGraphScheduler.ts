import type { Execution } from '../src/explore/execution/execution.ts';
import type { GraphModel } from '../src/explore/memoryModels/relations.ts';
import type { Scheduler } from '../src/explore/schedulers/scheduler.ts';
import { isFence, isRmw, isWrite, kindOf } from '../src/memory/kinds.ts';

/**
 * Takes an execution of `rc11` through the graph of an execution of `tso`: the same accesses in
 * the same order, that read from the same stores and are placed in the same coherence order. Fences
 * that are no steps under `tso` are taken as soon as a thread comes to them.
 */
export class SameGraphScheduler implements Scheduler {
  /** Whether `rc11` does not have this graph. */
  strayed = false;
  private readonly from: Execution;
  private readonly to: Execution;
  /** By step of `from`: the step of `to`. */
  private readonly same = new Map<number, number>();
  private at = 0;
  private choice = 0;

  /** @param from a complete execution, which is not changed meanwhile. */
  constructor(from: Execution, to: Execution) {
    this.from = from;
    this.to = to;
  }

  begin(): void {}

  next(): number {
    const { from, to } = this;
    const actors = from.program.actors.length;
    while (this.at < from.steps && from.schedule[this.at] >= actors) this.at++;
    if (this.at === from.steps) {
      const left = to.pending.findIndex((code) => code >= 0);
      this.choice = 0;
      return left >= 0 && isFence(kindOf(to.pending[left])) ? left : -1;
    }
    const thread = from.schedule[this.at];
    const code = from.tree.code[from.nodes[this.at]];
    this.choice = 0;
    if (to.pending[thread] !== code) {
      this.strayed ||= to.pending[thread] < 0 || !isFence(kindOf(to.pending[thread]));
      return this.strayed ? -1 : thread;
    }
    this.same.set(this.at, to.steps);
    this.choice = this.choiceOf(thread, this.at);
    this.at++;
    this.strayed ||= this.choice < 0;
    return this.strayed ? -1 : thread;
  }

  chooseReadsFrom(): number {
    return this.choice;
  }

  private choiceOf(thread: number, s: number): number {
    if (this.to.choiceCount(thread) === 1) return 0;
    const [from, to] = [this.from.memory as GraphModel, this.to.memory as GraphModel];
    const kind = kindOf(this.from.footprints[s]);
    return to.findChoice(thread, () => {
      const read = from
        .storesRead(s)
        .map((store) => this.storeOf(from.stores.step[store], from.stores.location[store]));
      const after = isWrite(kind) ? from.storesWritten(s).map((store) => this.before(store)) : [];
      return { from: read, after: isRmw(kind) ? read : after };
    });
  }

  /** The store of `to` that comes right before that of `from`, among those that are there. */
  private before(store: number): number {
    const { stores } = this.from.memory as GraphModel;
    const order = stores.order[stores.location[store]];
    for (let i = stores.rank[store] - 1; i > 0; i--)
      if (this.same.has(stores.step[order[i]])) return this.storeOf(stores.step[order[i]], stores.location[store]);
    return stores.location[store];
  }

  private storeOf(step: number, location: number): number {
    if (step < 0) return location;
    const to = this.to.memory as GraphModel;
    return to.storesWritten(this.same.get(step)!).find((store) => to.stores.location[store] === location)!;
  }
}
