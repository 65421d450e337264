import type { Cell, Cell64 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import { UnsupportedOperation } from '../memory/unsupportedOperation.ts';

type Callback = () => void;
type AsyncResult = 'ok' | 'timed-out';

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly run: Callback;
}

/** A `waitAsync` that is not settled. */
interface PendingWait {
  readonly mem: Memory;
  readonly cell: Cell | Cell64;
  readonly timeout: number;
  readonly settle: (how: AsyncResult) => void;
}

/** Callbacks that one operation may run: a loop of timers may have no end. */
const CALLBACKS_MAX = 10_000;

/**
 * The callbacks of one operation, instead of those of Node. It runs them when the function of the
 * operation has returned: microtasks first, then immediates in their order. Then comes the first
 * timer, or the `waitAsync` that is not settled: the scheduler chooses.
 */
export class EventLoop {
  private readonly mem: Memory | undefined;
  private readonly microtasks: Callback[] = [];
  private readonly immediates: { readonly id: number; readonly run: Callback }[] = [];
  private readonly timers: Timer[] = [];
  private pending: PendingWait | undefined;
  private clock = 0;
  private ids = 0;
  private callbacks = 0;

  /** @param mem left out: of an operation on trial, in which nothing waits. */
  constructor(mem?: Memory) {
    this.mem = mem;
  }

  /** Milliseconds since the operation began: what its time-outs and timers took. */
  get now(): number {
    return this.clock;
  }
  elapse(ms: number): void {
    this.clock += ms;
  }

  addMicrotask(run: Callback): void {
    this.microtasks.push(run);
  }
  addImmediate(run: Callback): number {
    this.immediates.push({ id: ++this.ids, run });
    return this.ids;
  }
  addTimer(run: Callback, ms: number): number {
    const at = this.clock + Math.max(1, ms || 0);
    const timer = { id: ++this.ids, at, run };
    const next = this.timers.findIndex((other) => other.at > at);
    this.timers.splice(next < 0 ? this.timers.length : next, 0, timer);
    return timer.id;
  }
  clear(id: unknown): void {
    for (const list of [this.immediates, this.timers]) {
      const at = list.findIndex((of) => of.id === id);
      if (at >= 0) list.splice(at, 1);
    }
  }

  /** What `Atomics.waitAsync` returns. The thread is in the queue from now on. */
  waitAsync(mem: Memory, cell: Cell | Cell64, expected: number | bigint, timeout: number): object {
    if (this.pending !== undefined)
      throw new UnsupportedOperation('two calls of Atomics.waitAsync that are not settled, in one operation');
    if (!mem.startWait(cell, expected)) return { async: false, value: 'not-equal' };
    const promise = new LoopPromise(this);
    this.pending = { mem, cell, timeout, settle: (how) => promise.resolve(how) };
    return { async: true, value: promise };
  }

  /** Runs callbacks until there is none. */
  run(): void {
    for (let next = this.next(); next !== undefined; next = this.next()) {
      if (++this.callbacks > CALLBACKS_MAX)
        throw new UnsupportedOperation(`an operation with more than ${CALLBACKS_MAX} callbacks`);
      next();
    }
  }

  private next(): Callback | undefined {
    const next = this.microtasks.shift() ?? this.immediates.shift()?.run;
    if (next !== undefined) return next;
    const { pending } = this;
    if (pending === undefined) return this.takeTimer();
    if (this.timers.length > 0 && this.mem?.choose(2) === 1) return this.takeTimer();
    return () => {
      this.pending = undefined;
      const how = pending.mem.endWait(pending.cell, pending.timeout);
      if (how === 'timed-out') this.elapse(pending.timeout);
      pending.settle(how);
    };
  }

  private takeTimer(): Callback | undefined {
    const timer = this.timers.shift();
    if (timer !== undefined) this.clock = Math.max(this.clock, timer.at);
    return timer?.run;
  }
}

/** A promise whose callbacks the loop runs. */
class LoopPromise {
  private readonly loop: EventLoop;
  private readonly callbacks: Callback[] = [];
  private result: { readonly value: unknown } | undefined;

  constructor(loop: EventLoop) {
    this.loop = loop;
  }

  resolve(value: unknown): void {
    this.result = { value };
    for (const callback of this.callbacks.splice(0)) this.loop.addMicrotask(callback);
  }

  // biome-ignore lint/suspicious/noThenProperty: it stands for a promise
  then(onValue?: (value: unknown) => unknown): LoopPromise {
    const next = new LoopPromise(this.loop);
    const callback = (): void => {
      const result = onValue === undefined ? this.result!.value : onValue(this.result!.value);
      if (result instanceof LoopPromise) result.then((value) => next.resolve(value));
      else next.resolve(result);
    };
    if (this.result === undefined) this.callbacks.push(callback);
    else this.loop.addMicrotask(callback);
    return next;
  }
  /** It is never rejected: an error in a callback ends the operation. */
  catch(): LoopPromise {
    return this.then();
  }
  finally(onEnd: () => void): LoopPromise {
    return this.then((value) => {
      onEnd();
      return value;
    });
  }
}
