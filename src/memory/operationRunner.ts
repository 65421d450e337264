import { BeyondBound, type LoopSeen, LoopTracker, watchLoops } from '../loops/probe.ts';
import { markMemory } from '../loops/snapshot.ts';
import { ASSUMED } from './assume.ts';
import { type Cell, type Cell64, type Lock, type Place, wrap } from './cell.ts';
import { EndKind, type ExecutionTrie, type SpinLoop } from './executionTrie.ts';
import { type LoopRules, usualLoopRules } from './loopRules.ts';
import {
  accessCode,
  ContractViolation,
  isFence,
  isRead,
  isRmw,
  isWrite,
  Kind,
  kindNames,
  kindOf,
  loadUntil,
  type Memory,
  placeOf,
  rmwResult,
} from './memory.ts';
import { copyOfResult, NoResult, resultText } from './result.ts';
import { callerOf, shortPlace } from './sourceLine.ts';

/** Thrown through an operation that is not to go on. Not an Error: it needs no stack, and only `ReplayMemory` may catch it. */
const SUSPENDED = Symbol('suspended');

/** The bytes that all threads of one execution share. Plain arrays: the engine runs in one thread. */
export interface MemoryImage {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
}

/** What is run: an operation of a thread, as the tree knows it. */
export interface TreeOperation {
  readonly thread: number;
  /** Its index among the thread's. */
  readonly index: number;
  /** For messages: `operation 1 of vcpu0, push(0, 1)`. */
  readonly label: string;
  run(mem: Memory): unknown;
  /** Whether the operation is to be performed again after it has returned `result`. */
  again(result: unknown): boolean;
}

/** Which fences are accesses. */
export type Fences = 'none' | 'mb' | 'all';

/** Accesses that an operation may be run ahead; a spin is one that is still at the same round by then. */
const AHEAD_MAX = 1000;
/** As many times what is seen may repeat within one round of a spin; and the callers that are looked at to tell where it is. */
const ROUNDS_MAX = 8;
const SITE_FRAMES_MAX = 30;
/** Accesses that an operation may make while it is being thrown out, in a `finally`. */
const AFTERWARDS_MAX = 1000;
/** The clock is looked at every so many accesses, less one: a power of two. */
const LOOK_MASK = 63;
/** Answers that are tried where two loops may look alike. */
const ANSWERS_MAX = 8;

/**
 * Finds out what an operation does next, and writes it into the tree. The operation is run again over the results of its log; and on from there, as
 * if it ran on alone, so that what it does next after the likeliest results is known too. Nothing is left of that run but the tree.
 *
 * Every pass holds what the operation does against what it did before. Throws nothing: what an operation throws is a leaf.
 */
export class OperationRunner implements Memory {
  /** Whether an operation has asked for its thread: then two threads with the same operations are no longer interchangeable. */
  threadMatters = false;
  origin: string | undefined;
  private readonly tree: ExecutionTrie;
  private readonly places: readonly Place[];
  private readonly bytes: MemoryImage;
  private readonly fences: Fences;
  private subject: TreeOperation | null = null;
  /** The logs from the operation's beginning to the one that is answered with (`low`, `high`). */
  private path: number[] = [];
  private pos = 0;
  private lastLow = 0;
  private lastHigh = 0;
  /** The answer to the last access. */
  private low = 0;
  private high = 0;
  /** Where the tree has been followed to; the log that was asked for. */
  private at = 0;
  private asked = 0;
  private ahead = 0;
  /** The number of the access where the operation is thrown out; -1: where it must be. */
  private out = -1;
  /** 1: on its way ahead; 0: it must come to no further access; -1: it was thrown out. */
  private mode = 1;
  /** Where the accesses of a pass come from, when somebody asks. */
  private visited: string[] | null = null;
  /** And what the access is that it is thrown out at. */
  private thrownOutAt = '';
  /** By access of this run: the log before it. */
  private trail: number[] = [];
  /** Watches the loops of the run; null: nobody does. */
  private loops: LoopTracker | null = null;
  /** The number of the access that the next one repeats, by what `mem` itself knows; -1: none. */
  private repeated = -1;
  /** Words that the run ahead has overwritten, and what they held. */
  private readonly journal: number[] = [];

  loopRules: LoopRules = usualLoopRules;
  /** Whether the code has probes at its loops, so that one which is not known is known to be that. */
  isWatched = false;
  /** Whether the time is over. */
  isLate: () => boolean = () => false;
  /** Accesses since somebody looked at the clock; and after the operation was thrown out, as a `finally` may make them. */
  private sinceLook = 0;
  private afterwards = 0;
  private wentOnTo = '';
  /** Where a run gets its answers from, if not from the path: the results of its accesses, in order. */
  private given: readonly AccessResult[] | null = null;
  /** Where the accesses of a run come from, and how often each does, where that is counted. */
  private readonly counts = new Map<string, number>();

  constructor(tree: ExecutionTrie, places: readonly Place[], bytes: MemoryImage, fences: Fences) {
    this.tree = tree;
    this.fences = fences;
    this.places = places;
    this.bytes = bytes;
    markMemory(this);
  }

  /** The operation that is being run, or null. Where the run was ended from outside, the one that was. */
  get isRunning(): string | null {
    return this.subject?.label ?? null;
  }

  get thread(): number {
    this.threadMatters = true;
    return this.running().thread;
  }

  /** The log that follows `node` and the result (low, high), which the tree does not know yet; 0 for `node`: the operation's first. */
  next(subject: TreeOperation, node: number, low: number, high: number): number {
    // Where an iteration of a loop was left out, what comes next does not depend on it, and its delays may be others.
    const from = this.tree.headOf(node);
    this.path = this.tree.path(from);
    this.tree.adding = subject.index;
    this.asked = 0;
    this.at = from;
    this.mode = 1;
    this.ahead = 0;
    if (this.fences !== 'none') this.showSeen(low, high);
    this.trail = this.path.slice();
    const { iterationsMax, inFull } = this.loopRules;
    this.loops = inFull ? null : new LoopTracker(this.path.length, iterationsMax);
    this.counts.clear();
    const end = this.pass(subject, low, high);
    const lastKnown = this.isWatched && this.loops?.sawUnknown !== true ? Infinity : (this.loops?.lastKnown ?? 0);
    this.loops = null;
    if (end instanceof Thrown && end.error instanceof ContractViolation) this.broken(end.error, low, high);
    else if (end !== SUSPENDED) this.end(subject, end);
    else if (this.ahead > AHEAD_MAX) this.closeRound(subject, lastKnown);
    for (let i = this.journal.length - 2; i >= 0; i -= 2) this.bytes.u32[this.journal[i]] = this.journal[i + 1];
    this.journal.length = 0;
    return this.asked;
  }

  /**
   * Makes memory as the operation has seen it, for the run ahead. Where a memory model lets it see something else than what is there, it may go round over that,
   * and whether it does is to depend on its log alone.
   */
  private showSeen(low: number, high: number): void {
    const { tree, path } = this;
    path.forEach((node, i) => {
      const code = tree.code[node];
      const kind = kindOf(code);
      if (isFence(kind) || (kind >= Kind.lock && kind !== Kind.wait)) return;
      const place = this.places[placeOf(code)];
      const next = path[i + 1];
      const [l, h] = next === undefined ? [low, high] : [tree.low[next], tree.high[next]];
      const operand = tree.operand[node];
      if (!isWrite(kind)) this.hold(place, l, h);
      else if (isRmw(kind)) this.hold(place, rmwResult(kind, l, tree.expected[node], operand, place.bits));
      else this.hold(place, operand, tree.operandHigh[node]);
    });
  }

  /** Writes to memory until the run ahead is over. */
  private hold(place: Place, low: number, high = 0): void {
    const word = place.offset >>> 2;
    const { u32 } = this.bytes;
    this.journal.push(word, u32[word]);
    if (place.bits !== 64) {
      put(this.bytes, place, low);
      return;
    }
    this.journal.push(word + 1, u32[word + 1]);
    u32[word] = low;
    u32[word + 1] = high;
  }

  /** Runs the operation over `path`; returns what it returned, or a `Thrown`, or SUSPENDED. */
  private pass(subject: TreeOperation, low: number, high: number): unknown {
    this.subject = subject;
    this.origin = undefined;
    this.pos = 0;
    this.repeated = -1;
    this.afterwards = 0;
    this.wentOnTo = '';
    watchLoops(this.loops);
    if (this.out >= 0) this.mode = 0;
    this.lastLow = this.low = low;
    this.lastHigh = this.high = high;
    try {
      const result = subject.run(this);
      if (result instanceof Promise) return new Thrown(this.later(result));
      if (this.mode < 0) return new Thrown(this.swallowed('returned'));
      if (this.pos < this.path.length) return new Thrown(this.endedEarly());
      return result;
    } catch (error) {
      if (this.mode >= 0 || error instanceof ContractViolation) return new Thrown(error);
      if (error === SUSPENDED) return SUSPENDED;
      return new Thrown(this.swallowed('threw something else'));
    } finally {
      this.subject = null;
      watchLoops(null);
    }
  }

  /** The operation has come to its end: a leaf. The first time, it is run once more over all it has seen. */
  private end(subject: TreeOperation, end: unknown): void {
    const { tree, at, low, high } = this;
    const from = this.path.length - 1;
    if (at !== 0 && tree.child(at, low, high) !== 0) {
      if (tree.code[tree.child(at, low, high)] >= 0)
        this.broken(
          new ContractViolation(
            'differs on the second pass',
            `${subject.label} ended early when run again over the same results`,
          ),
          low,
          high,
        );
      return;
    }
    const { code, value } = ending(subject, end);
    const leaf = tree.addLeaf(at, low, high, code, value);
    if (this.asked === 0) this.asked = leaf;
    if (code < EndKind.again) return;
    const text = resultText(value);
    this.path = tree.path(at);
    this.mode = 0;
    const second = ending(subject, this.pass(subject, low, high));
    if (second.code < EndKind.again) this.broken(second.value, low, high);
    else if (resultText(second.value) !== text) {
      const message = `${subject.label} returned ${text}, then ${resultText(second.value)} over the same results`;
      this.broken(new ContractViolation('differs on the second pass', message), low, high);
    } else for (const depth of new Set([from, this.path.length - 1])) this.suspendAt(subject, depth, low, high);
  }

  /** The operation caught what was thrown through it; `and` says what it did then. */
  private swallowed(and: string): ContractViolation {
    const went = this.wentOnTo === '' ? and : `went on to ${this.wentOnTo}`;
    return new ContractViolation('swallowed suspension', `${this.subject!.label} caught what mem threw, and ${went}`);
  }

  /** What an operation does once it has returned is no part of it; nobody is to hear of what becomes of it. */
  private later(result: Promise<unknown>): ContractViolation {
    result.catch(() => {});
    return new ContractViolation(
      'outside the schedule',
      `${this.running().label} returns a promise, and would go on later`,
    );
  }

  /** Throws the operation out at access number `depth`, and sees that it goes. */
  private suspendAt(subject: TreeOperation, depth: number, low: number, high: number): void {
    if (depth < 0) return;
    this.out = depth;
    const end = this.pass(subject, low, high);
    this.out = -1;
    if (end instanceof Thrown) this.broken(end.error, low, high);
  }

  /** The operation broke the rules of `Memory`: whoever comes to the log that was asked for is told. */
  private broken(error: unknown, low: number, high: number): void {
    const { tree } = this;
    if (this.asked === 0) this.asked = tree.addLeaf(this.at, low, high, EndKind.threw, error);
    else tree.turn(this.asked, EndKind.threw, error);
  }

  /** Every access comes here: is it the one that the log says; or if the log ends here, it is a new one. */
  private access(code: number, operand: number, operandHigh: number, expected: number): void {
    const { tree } = this;
    if (this.subject === null)
      throw new ContractViolation(
        'outside the schedule',
        'an operation used its memory after it had ended, or that of another thread',
      );
    if (this.pos === this.out && this.mode >= 0) {
      if (this.visited !== null) {
        this.visited.push(this.here());
        this.thrownOutAt = [code, operand, operandHigh, expected].join();
      }
      this.mode = -1;
      throw SUSPENDED;
    }
    if (this.loops !== null) this.countAccess(this.loops);
    if (this.pos < this.path.length && this.mode >= 0) {
      const node = this.path[this.pos++];
      if (this.visited !== null) this.visited.push(this.here());
      this.same(node, code, operand, operandHigh, expected);
      if (this.given !== null) {
        const { low, high } = this.given[this.pos - 1];
        this.low = low;
        this.high = high;
        return;
      }
      const next = this.pos < this.path.length ? this.path[this.pos] : 0;
      this.low = next === 0 ? this.lastLow : tree.low[next];
      this.high = next === 0 ? this.lastHigh : tree.high[next];
      return;
    }
    // A `finally` gives back what it has taken; a `catch` that goes on is found out when the operation ends.
    if (this.mode < 0) {
      if (this.afterwards++ === 0) this.wentOnTo = this.describe(code);
      if (this.afterwards > AFTERWARDS_MAX) throw this.swallowed('');
      throw SUSPENDED;
    }
    if (this.mode === 0) {
      const message = `${this.subject.label} went on to ${this.describe(code)} when run again over the same results`;
      throw new ContractViolation('differs on the second pass', message);
    }
    if ((++this.sinceLook & LOOK_MASK) === 0 && this.isLate()) {
      this.mode = -1;
      throw SUSPENDED;
    }
    let node = this.at === 0 ? 0 : tree.child(this.at, this.low, this.high);
    if (node === 0) node = this.added(code, operand, operandHigh, expected);
    else this.same(node, code, operand, operandHigh, expected);
    if (this.asked === 0) this.asked = node;
    this.at = node;
    this.trail.push(node);
    this.repeated = -1;
    if (this.loops !== null) this.loops.repeated = -1;
    if (tree.headOf(node) !== node || !this.goAhead(code, operand, operandHigh, expected)) {
      this.mode = -1;
      throw SUSPENDED;
    }
  }

  /** With a bound on iterations: code whose loops are not watched may come to one place so often. */
  private countAccess(loops: LoopTracker): void {
    loops.accesses++;
    const { iterationsMax } = this.loopRules;
    if (iterationsMax === Infinity || loops.longest !== undefined) return;
    const place = this.here();
    const count = (this.counts.get(place) ?? 0) + 1;
    this.counts.set(place, count);
    if (count > iterationsMax + 1) throw new BeyondBound(lineIn(place) ?? 'a place that is not known');
  }

  /** Adds the log of an access that the tree does not have yet: where the operation is in a state again, that log's. */
  private added(code: number, operand: number, operandHigh: number, expected: number): number {
    const { tree, at, low, high } = this;
    const repeated = this.loops?.repeated ?? -1;
    const first = repeated >= 0 || this.loops === null ? repeated : this.repeated;
    if (first < 0 || at === 0) return tree.add(at, low, high, code, operand, operandHigh, expected);
    const head = tree.headOf(this.trail[first]);
    this.same(head, code, operand, operandHigh, expected);
    const path = tree.path(at);
    return tree.close(head, at, low, high, this.idleReads(path.slice(path.indexOf(head)), low, high));
  }

  /**
   * What memory must hold for the accesses of `iteration` to change nothing, where the last was answered with (low, high); undefined where they change something
   * whatever it holds. Under a memory model with stores that are not seen at once, one that stores what is there already is a change all the same.
   */
  private idleReads(iteration: readonly number[], low: number, high: number): SpinLoop['reads'] | undefined {
    const { tree } = this;
    const reads: { code: number; low: number; high: number }[] = [];
    for (const [i, node] of iteration.entries()) {
      const code = tree.code[node];
      const kind = kindOf(code);
      if (isFence(kind)) continue;
      if (kind >= Kind.lock && kind !== Kind.wait) return undefined;
      const next = iteration[i + 1];
      const seen = next === undefined ? { low, high } : { low: tree.low[next], high: tree.high[next] };
      if (isRmw(kind)) {
        const { bits } = this.places[placeOf(code)];
        if (rmwResult(kind, seen.low, tree.expected[node], tree.operand[node], bits) !== seen.low) return undefined;
      } else if (kind === Kind.wait) {
        if (seen.low === tree.expected[node]) return undefined;
      } else if (isWrite(kind)) {
        if (this.fences !== 'none') return undefined;
        seen.low = tree.operand[node];
        seen.high = tree.operandHigh[node];
      }
      reads.push({ code, ...seen });
    }
    return reads;
  }

  /** Takes an access as if the thread ran on alone. Returns false where it would have to wait, or has gone far enough. */
  private goAhead(code: number, operand: number, operandHigh: number, expected: number): boolean {
    const kind = kindOf(code);
    if (++this.ahead > AHEAD_MAX) return false;
    if (isFence(kind)) {
      this.low = this.high = 0;
      return true;
    }
    const place = this.places[placeOf(code)];
    const word = place.offset >>> 2;
    const { u32 } = this.bytes;
    this.low = 0;
    this.high = 0;
    if (kind === Kind.resume || (kind === Kind.lock && u32[word] !== 0)) return false;
    if (kind === Kind.wake) return true;
    const old = wordAt(this.bytes, place);
    const rmw = isRmw(kind);
    if (!isWrite(kind) || rmw) {
      this.low = old;
      if (place.bits === 64) this.high = u32[word + 1];
    }
    if (!isWrite(kind)) return true;
    if (kind === Kind.lock) this.hold(place, this.subject!.thread + 1);
    else if (kind === Kind.unlock) this.hold(place, 0);
    else this.hold(place, rmw ? rmwResult(kind, old, expected, operand, place.bits) : operand, operandHigh);
    return true;
  }

  /** The run ahead did not end. Where it goes round without writing, the round is closed: it need not be gone again until something has changed. */
  private closeRound(subject: TreeOperation, lastKnown: number): void {
    if (!this.loopRules.byComparison || this.loopRules.inFull) return;
    const { tree } = this;
    const path = tree.path(this.at);
    // The state at the loop's head is known, and it never was the same.
    if (lastKnown >= path.length - AHEAD_MAX / 2) return;
    const asked = path.indexOf(this.asked);
    const equal = (a: number, b: number): boolean =>
      tree.code[path[a]] === tree.code[path[b]] &&
      tree.low[path[a + 1]] === tree.low[path[b + 1]] &&
      tree.high[path[a + 1]] === tree.high[path[b + 1]];
    const last = path.length - 2;
    let least = 1;
    for (let same = 0; same < AHEAD_MAX / 2; same++) {
      if (equal(last - same, last - same - least)) continue;
      if (++least > AHEAD_MAX / 4) return;
      same = -1;
    }
    // Seen before anybody asks where the accesses come from, which is slow.
    if (
      this.idleReads(path.slice(last - least + 1, last + 1), tree.low[path[last + 1]], tree.high[path[last + 1]]) ===
      undefined
    )
      return;
    // Two loops one after the other, or two loads in one, may see the same: the round is over when the operation is at the same place too.
    const sites = this.sites(subject, path, Math.min(path.length - 1, asked + (2 * ROUNDS_MAX + 1) * least));
    for (let period = least; period <= ROUNDS_MAX * least; period += least) {
      // The round may have begun before the log that was asked for, but that is the first that can close it: others have been to those before.
      const from = Math.max(0, asked - period);
      let head = sites.length - period;
      while (head > from && equal(head - 1, head - 1 + period) && sites[head - 1] === sites[head - 1 + period]) head--;
      // Among the first rounds may be some of a loop before, on the same line.
      while (head + 2 * period <= sites.length && !this.isRound(subject, path, head, period)) head++;
      const end = head + period;
      if (end + period > sites.length) continue;
      const [low, high] = [tree.low[path[end]], tree.high[path[end]]];
      const idle = this.idleReads(path.slice(head, end), low, high);
      if (idle === undefined) return;
      const closed = tree.close(path[head], path[end - 1], low, high, idle);
      tree.compared.push({
        closed,
        tail: path[end - 1],
        place: this.linesTo(subject, path[head]).get(path[head]) ?? 'a place that is not known',
      });
      if (end === asked) this.asked = closed;
      return;
    }
  }

  /** Whether the operation does the same in the round that begins at access number `head` as in the one after it, whatever it sees. */
  private isRound(subject: TreeOperation, path: readonly number[], head: number, period: number): boolean {
    for (let at = head; at < head + period; at++) if (!this.goesOnAlike(subject, path, at, at + period)) return false;
    return true;
  }

  /**
   * Whether the operation does the same after accesses number `a` and `b` of `path`, whatever they return: two loops on one line of code look alike as long as
   * both see the same. Some answers are tried.
   */
  private goesOnAlike(subject: TreeOperation, path: readonly number[], a: number, b: number): boolean {
    if (!isRead(kindOf(this.tree.code[path[a]]))) return true;
    return this.answers(path, a).every((low) => {
      // From one place: where they are called from is part of what is compared.
      const [after, too] = [a, b].map((at) => this.goesOn(subject, path, at, low));
      return after === too;
    });
  }

  /** What access number `at` may be answered with: what was seen or stored, and the values beside. */
  private answers(path: readonly number[], at: number): readonly number[] {
    const { tree } = this;
    const place = this.places[placeOf(tree.code[path[at]])];
    const bits = Math.min(place.bits, 32);
    const seen = tree.low[path[at + 1]];
    const answers = new Set([0, 1, 2, wrap(seen + 1, bits), wrap(seen - 1, bits)]);
    for (let i = 0; i + 1 < path.length; i++) answers.add(wrap(tree.low[path[i + 1]], bits));
    for (let node = 1; node < tree.size && answers.size < ANSWERS_MAX; node++)
      if (tree.code[node] >= 0 && isWrite(kindOf(tree.code[node]))) answers.add(wrap(tree.operand[node], bits));
    answers.delete(seen);
    return [...answers].slice(0, ANSWERS_MAX);
  }

  /** Where the operation goes on when access number `at` is answered with `low`: its next access, or its end, as text. */
  private goesOn(subject: TreeOperation, path: readonly number[], at: number, low: number): string {
    const { end, visited } = this.visit(subject, path.slice(0, at + 1), at + 1, low);
    if (end === SUSPENDED) return `${this.thrownOutAt} ${visited[at + 1]}`;
    return end instanceof Thrown ? `threw ${String(end.error)}` : `returned ${resultText(ending(subject, end).value)}`;
  }

  /** From where in its code the operation comes to each of the first `count` accesses of `path`. */
  private sites(subject: TreeOperation, path: readonly number[], count: number): readonly string[] {
    return this.visit(subject, path.slice(0, count + 1), count, 0).visited.slice(0, count);
  }

  /** Runs the operation up to access number `count`, over `path` and the answer `low` to its last log: how it ends, and from where in its code each access comes. */
  private visit(
    subject: TreeOperation,
    path: number[],
    count: number,
    low: number,
  ): { readonly end: unknown; readonly visited: readonly string[] } {
    const { prepareStackTrace, stackTraceLimit } = Error;
    Error.stackTraceLimit = SITE_FRAMES_MAX;
    Error.prepareStackTrace = (_, frames) =>
      frames.map((frame) => `${frame.getFileName()}:${frame.getLineNumber()}:${frame.getColumnNumber()}`).join();
    const visited: string[] = [];
    this.visited = visited;
    this.path = path;
    this.out = count;
    const end = this.pass(subject, low, 0);
    this.out = -1;
    this.visited = null;
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
    return { end, visited };
  }

  /** The loop that has begun the most iterations when the operation comes to `node`. */
  longestLoop(subject: TreeOperation, node: number): LoopSeen | undefined {
    const path = this.tree.path(node);
    const loops = new LoopTracker(path.length, Infinity);
    this.loops = loops;
    this.path = path;
    this.out = path.length - 1;
    this.pass(subject, 0, 0);
    this.out = -1;
    this.loops = null;
    const { longest } = loops;
    if (longest !== undefined) return { ...longest, place: shortPlace(longest.place) };
    const counts = new Map<string, number>();
    for (const line of this.linesTo(subject, node).values())
      if (line !== undefined) counts.set(line, (counts.get(line) ?? 0) + 1);
    const [place, iterations] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? ['', 0];
    return iterations > 0 ? { place, iterations } : undefined;
  }

  /**
   * Runs the operation over other answers than those of the tree: it is to do the accesses of `nodes`, and to end as `end` says, if that is a leaf. Returns whether
   * it does.
   */
  doesTheSame(
    subject: TreeOperation,
    nodes: readonly number[],
    answers: readonly AccessResult[],
    end: number,
  ): boolean {
    const { tree } = this;
    this.path = nodes.slice();
    this.given = answers;
    this.out = end === 0 ? nodes.length - 1 : -1;
    this.mode = 0;
    const result = this.pass(subject, 0, 0);
    this.out = -1;
    this.given = null;
    if (end === 0) return result === SUSPENDED;
    const { code, value } = ending(subject, result);
    return code === tree.code[end] && endText(code, value) === endText(code, tree.end(end));
  }

  /** From which lines of its code the operation comes to the accesses up to that of `node`, first to last: see `callerOf`. */
  linesTo(subject: TreeOperation, node: number): ReadonlyMap<number, string | undefined> {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = SITE_FRAMES_MAX;
    const stacks: string[] = [];
    this.visited = stacks;
    const path = this.tree.path(node);
    this.path = path;
    this.out = path.length - 1;
    this.pass(subject, 0, 0);
    this.out = -1;
    this.visited = null;
    Error.stackTraceLimit = stackTraceLimit;
    const lines = new Map<string, string | undefined>();
    return new Map(
      stacks.slice(0, path.length).map((stack, i) => {
        if (!lines.has(stack)) lines.set(stack, lineIn(stack));
        return [path[i], lines.get(stack)] as const;
      }),
    );
  }

  private same(node: number, code: number, operand: number, operandHigh: number, expected: number): void {
    const { tree } = this;
    if (
      tree.code[node] === code &&
      tree.operand[node] === operand &&
      tree.operandHigh[node] === operandHigh &&
      tree.expected[node] === expected
    )
      return;
    const before = `${this.describe(tree.code[node])}${operandOf(tree.code[node], tree.operand[node])}`;
    const message = `step ${this.pos} of ${this.subject!.label} was ${before}, run again over the same results it is ${this.describe(code)}${operandOf(code, operand)}; an operation may depend on nothing but its arguments and what mem returned`;
    throw new ContractViolation('differs on the second pass', message);
  }

  private endedEarly(): ContractViolation {
    const code = this.tree.code[this.path[this.pos]];
    return new ContractViolation(
      'differs on the second pass',
      `${this.subject!.label} did not come to ${this.describe(code)} again`,
    );
  }

  /** Where the operation is: `origin` on the first line, if it has one, and the stack. */
  private here(): string {
    return `${this.origin ?? ''}\n${new Error().stack}`;
  }

  private running(): TreeOperation {
    if (this.subject === null)
      throw new ContractViolation('outside the schedule', 'an operation used its memory after it had ended');
    return this.subject;
  }

  private describe(code: number): string {
    if (code < 0) return 'the end';
    const kind = kindOf(code);
    return isFence(kind) ? kindNames[kind] : `${kindNames[kind]} ${this.places[placeOf(code)].name}`;
  }

  private get(kind: number, cell: Cell): number {
    if (cell?.kind !== 'cell') throw unfit(kind, cell);
    this.access(accessCode(kind, cell.id), 0, 0, 0);
    return this.low;
  }
  private put(kind: number, cell: Cell, value: number): void {
    if (cell?.kind !== 'cell') throw unfit(kind, cell);
    this.access(accessCode(kind, cell.id), wrap(value, cell.bits), 0, 0);
  }
  private get64(kind: number, cell: Cell64): bigint {
    if (cell?.kind !== 'cell64') throw unfit(kind, cell, '64');
    this.access(accessCode(kind, cell.id), 0, 0, 0);
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }
  private put64(kind: number, cell: Cell64, value: bigint): void {
    if (cell?.kind !== 'cell64') throw unfit(kind, cell, '64');
    this.access(accessCode(kind, cell.id), Number(value & 0xffff_ffffn), Number((value >> 32n) & 0xffff_ffffn), 0);
  }
  private update(kind: number, cell: Cell, expected: number, operand: number): number {
    if (cell?.kind !== 'cell') throw unfit(kind, cell);
    this.access(accessCode(kind, cell.id), wrap(operand, cell.bits), 0, wrap(expected, cell.bits));
    return this.low;
  }

  read(cell: Cell): number {
    return this.get(Kind.read, cell);
  }
  write(cell: Cell, value: number): void {
    this.put(Kind.write, cell, value);
  }
  read64(cell: Cell64): bigint {
    return this.get64(Kind.read, cell);
  }
  write64(cell: Cell64, value: bigint): void {
    this.put64(Kind.write, cell, value);
  }
  load(cell: Cell): number {
    return this.get(Kind.load, cell);
  }
  store(cell: Cell, value: number): void {
    this.put(Kind.store, cell, value);
  }
  load64(cell: Cell64): bigint {
    return this.get64(Kind.load, cell);
  }
  store64(cell: Cell64, value: bigint): void {
    this.put64(Kind.store, cell, value);
  }
  loadAcquire(cell: Cell): number {
    return this.get(Kind.loadAcquire, cell);
  }
  storeRelease(cell: Cell, value: number): void {
    this.put(Kind.storeRelease, cell, value);
  }
  xchg(cell: Cell, value: number): number {
    return this.update(Kind.xchg, cell, 0, value);
  }
  cmpxchg(cell: Cell, expected: number, replacement: number): number {
    return this.update(Kind.cmpxchg, cell, expected, replacement);
  }
  fetchAdd(cell: Cell, value: number): number {
    return this.update(Kind.fetchAdd, cell, 0, value);
  }
  fetchAnd(cell: Cell, value: number): number {
    return this.update(Kind.fetchAnd, cell, 0, value);
  }
  fetchOr(cell: Cell, value: number): number {
    return this.update(Kind.fetchOr, cell, 0, value);
  }
  rmb(): void {
    if (this.fences === 'all') this.access(accessCode(Kind.rmb, 0), 0, 0, 0);
  }
  wmb(): void {
    if (this.fences === 'all') this.access(accessCode(Kind.wmb, 0), 0, 0, 0);
  }
  mb(): void {
    if (this.fences !== 'none') this.access(accessCode(Kind.mb, 0), 0, 0, 0);
  }
  lock(lock: Lock): void {
    if (!isLock(lock)) throw unfit(Kind.lock, lock);
    this.access(accessCode(Kind.lock, lock.id), 0, 0, 0);
  }
  unlock(lock: Lock): void {
    if (!isLock(lock)) throw unfit(Kind.unlock, lock);
    this.access(accessCode(Kind.unlock, lock.id), 0, 0, 0);
  }
  waitUntil(cell: Cell, holds: (value: number) => boolean): number;
  waitUntil(cell: Cell64, holds: (value: bigint) => boolean): bigint;
  waitUntil(cell: Cell | Cell64, holds: (value: never) => boolean): number | bigint {
    const first = this.loops?.accesses ?? 0;
    const value = loadUntil(this, cell, holds, () => {
      this.repeated = first;
    });
    this.repeated = -1;
    return value;
  }
  wait(cell: Cell, expected: number): boolean {
    const queue = this.queueOf(Kind.wait, cell);
    this.access(accessCode(Kind.wait, queue), 0, 0, expected >>> 0);
    if (this.low !== expected >>> 0) return false;
    this.access(accessCode(Kind.resume, queue), 0, 0, 0);
    return true;
  }
  wake(cell: Cell): void {
    this.access(accessCode(Kind.wake, this.queueOf(Kind.wake, cell)), 0, 0, 0);
  }

  /** Wait queues go by address: the id of the first cell of 32 bits that lies where `cell` does. */
  private queueOf(kind: number, cell: Cell): number {
    if (cell?.kind !== 'cell' || cell.bits !== 32) throw unfit(kind, cell);
    return this.places.find(({ kind: of, bits, offset }) => of === 'cell' && bits === 32 && offset === cell.offset)!.id;
  }
}

const isLock = (place: Place): place is Lock => place?.kind === 'mutex' || place?.kind === 'spinlock';

/** For those who write plain JavaScript: no type has told them. */
function unfit(kind: number, place: unknown, width = ''): TypeError {
  const { kind: of, name, bits } = (place ?? {}) as Partial<Place>;
  const what = Array.isArray(place) ? 'a list' : of === undefined ? `${place}` : `${name}, a ${of} of ${bits} bits`;
  return new TypeError(`mem.${kindNames[kind]}${width} does not work on ${what}`);
}

/** The result of an access, as two words. */
export interface AccessResult {
  readonly low: number;
  readonly high: number;
}

const endText = (code: number, value: unknown): string =>
  code === EndKind.threw ? String(value) : code === EndKind.assumed ? '' : resultText(value);

/** What an operation threw. */
class Thrown {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}

/** The leaf that an operation ends in: what it returned, or what it threw, or what was wrong with what it returned. */
function ending(subject: TreeOperation, end: unknown): { readonly code: number; readonly value: unknown } {
  if (end instanceof Thrown) {
    const gaveUp = end.error === ASSUMED || end.error instanceof BeyondBound;
    return { code: gaveUp ? EndKind.assumed : EndKind.threw, value: end.error };
  }
  try {
    resultText(end);
  } catch (error) {
    const why = error instanceof NoResult ? error.message : `it throws ${String(error).split('\n')[0]}`;
    const message = `${subject.label} returns what cannot be compared: ${why}; a result is a primitive, an array, a plain object, a Map, a Set or a typed array`;
    return { code: EndKind.threw, value: new ContractViolation('no plain data', message) };
  }
  try {
    return { code: subject.again(copyOfResult(end)) ? EndKind.again : EndKind.returned, value: end };
  } catch (error) {
    return { code: EndKind.threw, value: error };
  }
}

/** The word of up to 32 bits, or the lower half of 64, that lies at `place`. */
export function wordAt({ u8, u16, u32 }: MemoryImage, { bits, offset }: Place): number {
  if (bits >= 32) return u32[offset >>> 2];
  return bits === 16 ? u16[offset >>> 1] : u8[offset];
}

function put({ u8, u16, u32 }: MemoryImage, { bits, offset }: Place, value: number): void {
  if (bits === 32) u32[offset >>> 2] = value;
  else if (bits === 16) u16[offset >>> 1] = value;
  else u8[offset] = value;
}

/** The line of code in what `here` said. */
function lineIn(place: string): string | undefined {
  const end = place.indexOf('\n');
  return end > 0 ? place.slice(0, end) : callerOf(place.slice(1));
}

const operandOf = (code: number, operand: number): string =>
  code >= 0 && isWrite(kindOf(code)) ? ` = ${operand}` : '';
