import {
  isAcquire,
  isChoice,
  isFence,
  isFullFence,
  isLoad,
  isLocking,
  isQueue,
  isRelease,
  isRmw,
  isWait,
  Kind,
  kindOf,
  placeOf,
} from '../../../memory/kinds.ts';
import { type QueueTable, queueTable } from '../../../memory/layout.ts';
import type { Execution } from '../../execution/execution.ts';
import type { HappensBeforeQuery } from '../rc11/dataRaces.ts';
import { type MessageView, type ThreadView, Views } from '../rc11/threadView.ts';
import type { GraphModel } from '../relations.ts';

/** The stores of each step. */
type StepStores = Pick<GraphModel, 'storesRead' | 'storesWritten'>;

/**
 * HOT under `tso` where a cell is accessed plainly. Happens-before of C11, for executions of a
 * model that orders more: what each thread has acquired, and what each store hands on. It is the
 * table of `docs/memory-models.md` without locations. `rc11/viewTransitions.ts` has it with them.
 */
export class C11Clocks implements Pick<HappensBeforeQuery, 'views' | 'threadViews' | 'stepsOf'> {
  readonly views: Views;
  readonly threadViews: ThreadView[];
  readonly stepsOf: number[][];
  /** By store: what a thread takes in that reads it with acquire. */
  readonly messageViews: MessageView[];
  /** By place: what a thread takes in that takes the lock, or wakes up from the wait queue. */
  readonly lockViews: MessageView[];
  /** The view of the last read-modify-write with full order, before its second fence. */
  beforeSecondFence: MessageView;
  private readonly execution: Execution;
  private readonly queueOf: QueueTable;
  private readonly stores: StepStores;
  /** By step: the views of its thread and of its place before it. */
  private readonly threadBefore: ThreadView[] = [];
  private readonly lockBefore: MessageView[] = [];

  /** @param initialStores how many stores there are before the first step. */
  constructor(execution: Execution, stores: StepStores, initialStores: number) {
    const threads = execution.program.actors.length;
    this.execution = execution;
    this.stores = stores;
    this.views = new Views(0, threads, []);
    const { initial } = this.views;
    const start = { current: initial, loads: initial, acquire: initial, release: initial, stores: initial };
    this.threadViews = Array.from({ length: threads }, () => start);
    this.stepsOf = this.threadViews.map(() => []);
    this.messageViews = Array.from({ length: initialStores }, () => initial);
    this.lockViews = execution.places.map(() => initial);
    this.queueOf = queueTable(execution.places);
    this.beforeSecondFence = initial;
  }

  /** Step `s` of an actor is taken. */
  add(s: number): void {
    const { schedule, footprints } = this.execution;
    const thread = schedule[s];
    const kind = kindOf(footprints[s]);
    const id = placeOf(footprints[s]);
    this.threadBefore[s] = this.threadViews[thread];
    this.lockBefore[s] = this.lockViews[this.queueOf[id]];
    this.stepsOf[thread].push(s);
    if (isChoice(kind)) return;
    if (isFence(kind)) this.fence(thread, kind);
    else if (isQueue(kind)) this.useQueue(thread, kind, this.queueOf[id], s);
    else if (isLocking(kind)) this.useLock(thread, kind, this.queueOf[id], s);
    else if (isLoad(kind)) this.load(thread, kind, s);
    else if (isRmw(kind)) this.update(thread, kind, s);
    else this.store(thread, kind, s);
  }

  /** Undoes step `s`, the last one that was added. So many stores are left. */
  remove(s: number, stores: number): void {
    const { schedule, nodes, tree } = this.execution;
    this.threadViews[schedule[s]] = this.threadBefore[s];
    this.lockViews[this.queueOf[placeOf(tree.code[nodes[s]])]] = this.lockBefore[s];
    this.stepsOf[schedule[s]].pop();
    this.messageViews.length = stores;
  }

  /** `thread` passes a fence, be it a step or not. */
  fence(thread: number, kind: number): void {
    const { views } = this;
    const view = this.threadViews[thread];
    if (kind === Kind.rmb) this.threadViews[thread] = { ...view, loads: views.join(view.loads, view.acquire) };
    else if (kind === Kind.wmb) this.threadViews[thread] = { ...view, release: views.join(view.release, view.stores) };
    else if (isFullFence(kind)) {
      const current = this.withReads(thread, views.join(views.join(view.current, view.loads), view.acquire));
      this.threadViews[thread] = { ...view, current, loads: current, acquire: current, release: current };
    } else {
      const current = this.withReads(thread, isAcquire(kind) ? views.join(view.current, view.acquire) : view.current);
      const release = isRelease(kind) ? views.join(current, view.loads) : view.release;
      this.threadViews[thread] = { ...view, current, release };
    }
  }

  private load(thread: number, kind: number, s: number): void {
    const view = this.threadViews[thread];
    const read = this.viewRead(s);
    const own = this.withReads(thread, view.current);
    const current = isAcquire(kind) ? this.views.join(own, read) : own;
    this.threadViews[thread] = { ...view, current, acquire: this.views.join(view.acquire, read) };
  }

  private store(thread: number, kind: number, s: number): void {
    const view = this.threadViews[thread];
    const current = this.withWrites(thread, view.current);
    this.addMessages(s, isRelease(kind) ? this.views.join(current, view.loads) : view.release);
    this.threadViews[thread] = { ...view, current, stores: this.withWrites(thread, view.stores) };
  }

  /** A read-modify-write; one with full order is between two full fences. */
  private update(thread: number, kind: number, s: number): void {
    const { views } = this;
    if (isFullFence(kind)) this.fence(thread, Kind.mb);
    const view = this.threadViews[thread];
    const read = this.viewRead(s);
    let current = this.withWrites(thread, view.current);
    if (isAcquire(kind)) current = views.join(current, read);
    // A release sequence: the message has what that of the store before it had.
    this.addMessages(s, views.join(isRelease(kind) ? views.join(current, view.loads) : view.release, read));
    const stores = this.withWrites(thread, view.stores);
    this.threadViews[thread] = { ...view, current, stores, acquire: views.join(view.acquire, read) };
    if (!isFullFence(kind)) return;
    this.beforeSecondFence = current;
    this.fence(thread, Kind.mb);
  }

  private useLock(thread: number, kind: number, id: number, s: number): void {
    this.addMessages(s, this.views.initial);
    if (kind === Kind.lock) this.takeIn(thread, id);
    else this.handOn(thread, id);
  }

  private takeIn(thread: number, id: number): void {
    const view = this.threadViews[thread];
    const current = this.withReads(thread, this.views.join(view.current, this.lockViews[id]));
    this.threadViews[thread] = { ...view, current };
  }

  private handOn(thread: number, id: number): void {
    const view = this.threadViews[thread];
    const current = this.withReads(thread, view.current);
    this.threadViews[thread] = { ...view, current };
    this.lockViews[id] = this.views.join(current, view.loads);
  }

  /** A wait queue has a lock, with a full fence inside. */
  private useQueue(thread: number, kind: number, id: number, s: number): void {
    this.takeIn(thread, id);
    if (kind === Kind.resume) return;
    this.fence(thread, Kind.mb);
    if (isWait(kind)) this.load(thread, Kind.loadAcquire, s);
    this.handOn(thread, id);
  }

  /** What the stores that step `s` read from hand on. */
  private viewRead(s: number): MessageView {
    let read = this.views.initial;
    for (const store of this.stores.storesRead(s)) read = this.views.join(read, this.messageViews[store]);
    return read;
  }

  private addMessages(s: number, view: MessageView): void {
    for (let i = this.stores.storesWritten(s).length; i > 0; i--) this.messageViews.push(view);
  }

  /** A copy of `view` that has all reads of `thread` so far; all its writes. */
  private withReads(thread: number, view: MessageView): MessageView {
    return this.withSteps(thread, view, this.views.reads(thread));
  }
  private withWrites(thread: number, view: MessageView): MessageView {
    return this.withSteps(thread, view, this.views.writes(thread));
  }
  private withSteps(thread: number, view: MessageView, at: number): MessageView {
    const known = view.slice();
    known[at] = this.stepsOf[thread].length;
    return known;
  }
}
