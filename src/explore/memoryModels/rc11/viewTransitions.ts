import { isAcquire, isFullFence, isRelease, isSeqCst, Kind } from '../../../memory/kinds.ts';
import type { CoherenceOrder } from '../coherenceOrder.ts';
import type { ScOrder } from './scOrder.ts';
import type { MessageView, ThreadView, Views } from './threadView.ts';

/** What `ViewTransitions` are about. */
export interface ViewContext {
  readonly views: Views;
  readonly stores: CoherenceOrder;
  /** By thread: its steps, with the one that is being taken. */
  readonly stepsOf: readonly (readonly number[])[];
  readonly scOrder: ScOrder;
  /** How many places there are. */
  readonly places: number;
}

/**
 * HOT under `rc11`. What each access does to the views, as the table of `docs/memory-models.md`
 * says. `from` are the stores that the step reads from. `first` is the first store that it made; it
 * has made all from there on.
 */
export class ViewTransitions {
  /** By thread. */
  readonly threadViews: ThreadView[];
  readonly scOrder: ScOrder;
  /** The view of the last read-modify-write with full order, before its second fence. */
  beforeSecondFence: MessageView;
  /**
   * By store: what a thread takes in that reads the store with acquire, or reads it and then
   * executes a fence.
   */
  readonly messageViews: MessageView[];
  /** By place: what a thread takes in that takes the lock, or wakes up from the wait queue. */
  readonly lockViews: MessageView[];
  /** The places of `lockViews` that had one that is not initial, in any execution. */
  readonly usedLocks: number[] = [];
  readonly views: Views;
  protected readonly stores: CoherenceOrder;
  private readonly stepsOf: readonly (readonly number[])[];

  constructor({ views, stores, stepsOf, scOrder, places }: ViewContext) {
    const { initial } = views;
    this.views = views;
    this.beforeSecondFence = initial;
    this.stores = stores;
    this.stepsOf = stepsOf;
    const start = { current: initial, loads: initial, acquire: initial, release: initial, stores: initial };
    this.threadViews = stepsOf.map(() => start);
    this.scOrder = scOrder;
    this.messageViews = Array.from({ length: stores.count }, () => initial);
    this.lockViews = Array.from({ length: places }, () => initial);
  }

  /** A load of this kind. */
  load(thread: number, kind: number, from: readonly number[]): void {
    const { messageViews, views } = this;
    const view = this.threadViews[thread];
    let current = this.afterRead(thread, view.current, from);
    let acquire = view.acquire;
    for (const store of from) acquire = views.join(acquire, messageViews[store]);
    if (isAcquire(kind)) for (const store of from) current = views.join(current, messageViews[store]);
    const { loads, release, stores } = view;
    this.threadViews[thread] = { current, loads, acquire, release, stores };
    if (isSeqCst(kind)) this.addScAccess(thread, view.current, from, NOTHING);
    for (const store of from) this.scOrder.addAccess(current, loads, store, false);
  }

  /** A store of this kind. */
  store(thread: number, kind: number, first: number): void {
    const view = this.threadViews[thread];
    const current = this.afterWrite(thread, view.current, first);
    const { loads, acquire, release } = view;
    this.addMessages(isRelease(kind) ? this.views.join(current, loads) : this.withParts(release, first));
    const stores = this.afterWrite(thread, view.stores, first);
    this.threadViews[thread] = { current, loads, acquire, release, stores };
    if (isSeqCst(kind)) this.addScAccess(thread, view.current, NOTHING, this.madeFrom(first));
    this.addWrites(current, first);
  }

  /**
   * A read-modify-write of this kind. One with full order comes after a seq_cst fence; this is the
   * access and a second fence.
   */
  update(thread: number, kind: number, from: readonly number[], first: number): void {
    const { views, messageViews } = this;
    const view = this.threadViews[thread];
    let read = views.initial;
    for (const store of from) read = views.join(read, messageViews[store]);
    let current = this.afterWrite(thread, view.current, first);
    if (isAcquire(kind)) current = views.join(current, read);
    // A release sequence: the message has what that of the store before it had.
    const own = isRelease(kind) ? views.join(current, view.loads) : this.withParts(view.release, first);
    this.addMessages(views.join(own, read));
    const stores = this.afterWrite(thread, view.stores, first);
    const { loads, release } = view;
    this.threadViews[thread] = { current, loads, acquire: views.join(view.acquire, read), release, stores };
    if (isSeqCst(kind)) this.addScAccess(thread, view.current, from, this.madeFrom(first));
    this.addWrites(current, first);
    if (!isFullFence(kind)) return;
    this.beforeSecondFence = current;
    this.fence(thread, Kind.mb);
  }

  /** A fence of this kind. */
  fence(thread: number, kind: number): void {
    const { views } = this;
    const view = this.threadViews[thread];
    if (kind === Kind.rmb) this.threadViews[thread] = { ...view, loads: views.join(view.loads, view.acquire) };
    else if (kind === Kind.wmb) this.threadViews[thread] = { ...view, release: views.join(view.release, view.stores) };
    else if (isFullFence(kind)) {
      const current = this.upToNow(thread, views.join(views.join(view.current, view.loads), view.acquire));
      current[views.fences(thread)] = this.scOrder.addFence(thread, current);
      const { stores } = view;
      this.threadViews[thread] = { current, loads: current, acquire: current, release: current, stores };
    } else {
      const current = this.upToNow(thread, isAcquire(kind) ? views.join(view.current, view.acquire) : view.current);
      const release = isRelease(kind) ? views.join(current, view.loads) : view.release;
      this.threadViews[thread] = { ...view, current, release };
    }
  }

  /** A copy of `view` that has all steps of `thread` so far, this fence or lock included. */
  private upToNow(thread: number, view: MessageView): number[] {
    const known = view.slice();
    known[this.views.reads(thread)] = this.stepsOf[thread].length;
    return known;
  }

  private madeFrom(first: number): number[] {
    return Array.from({ length: this.stores.count - first }, (_, i) => first + i);
  }

  private addScAccess(thread: number, before: MessageView, reads: readonly number[], made: readonly number[]): void {
    const nth = this.stepsOf[thread].length;
    const locations = (made.length > 0 ? made : reads).map((store) => this.stores.location[store]);
    const view = this.threadViews[thread].current;
    this.scOrder.addScAccess(thread, { thread, nth, locations, reads, after: made, made, before, view });
  }

  private addWrites(current: MessageView, first: number): void {
    for (let store = first; store < this.stores.count; store++) this.scOrder.addAccess(current, current, store, true);
  }

  lock(thread: number, id: number): void {
    this.addMessages(this.views.initial);
    this.takeIn(thread, id);
  }

  unlock(thread: number, id: number): void {
    const view = this.threadViews[thread];
    const current = this.upToNow(thread, view.current);
    this.threadViews[thread] = { ...view, current };
    this.addMessages(this.views.initial);
    this.handOn(id, this.views.join(current, view.loads));
  }

  /**
   * `thread` takes the lock of a wait queue, which a wait and a wake hold (futex(2), and the
   * critical section of ECMA-262).
   */
  enterQueue(thread: number, id: number): void {
    this.takeIn(thread, id);
  }

  leaveQueue(thread: number, id: number): void {
    this.handOn(id, this.threadViews[thread].current);
  }

  private takeIn(thread: number, id: number): void {
    const view = this.threadViews[thread];
    const current = this.upToNow(thread, this.views.join(view.current, this.lockViews[id]));
    this.threadViews[thread] = { ...view, current };
  }

  private handOn(id: number, view: MessageView): void {
    this.lockViews[id] = view;
    if (!this.usedLocks.includes(id)) this.usedLocks.push(id);
  }

  /** Sets the message view of the stores of the step that is being taken. */
  protected addMessages(view: MessageView): void {
    while (this.messageViews.length < this.stores.count) this.messageViews.push(view);
  }

  /**
   * A message view with all parts of its store: a thread that read one, and then a fence, overlooks
   * none of them.
   */
  private withParts(view: MessageView, first: number): MessageView {
    const { stores } = this;
    if (stores.count - first === 1) return view;
    const whole = view.slice();
    for (let store = first; store < stores.count; store++) whole[stores.location[store]] = store;
    return whole;
  }

  /** `view` after `thread` has read `from`, in its step that is being taken. */
  protected afterRead(thread: number, view: MessageView, from: readonly number[]): MessageView {
    const after = view.slice();
    for (let i = 0; i < from.length; i++) after[this.stores.location[from[i]]] = from[i];
    after[this.views.reads(thread)] = this.stepsOf[thread].length;
    return after;
  }

  /** `view` after `thread` has made the stores from `first` on, in its step that is being taken. */
  protected afterWrite(thread: number, view: MessageView, first: number): MessageView {
    const { location } = this.stores;
    const after = view.slice();
    for (let store = first; store < location.length; store++) after[location[store]] = store;
    after[this.views.writes(thread)] = this.stepsOf[thread].length;
    return after;
  }
}

const NOTHING: readonly number[] = [];
