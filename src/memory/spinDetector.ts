import { collectCallSites, linesTo } from './callSites.ts';
import { type Place, wrap } from './cell.ts';
import type { ExecutionTrie } from './executionTrie.ts';
import type { IdleIterations } from './idleIteration.ts';
import { isRead, isWrite, kindOf, placeOf } from './kinds.ts';
import { operationEnd, ThrownValue, type TreeOperation } from './operationEnd.ts';
import { type ReexecutionMemory, SUSPENDED } from './reexecutionMemory.ts';
import { resultText } from './result.ts';
import { AHEAD_MAX } from './runAhead.ts';

/** How often the pattern of results may repeat within one iteration of a loop. */
const PATTERNS_MAX = 8;
/** Load values that are tried to tell two loops apart. */
const CANDIDATES_MAX = 8;

/**
 * Finds a spin loop by comparison, where the state of the code is not known. The operation repeats
 * the same accesses with the same results, at the same call sites, and changes nothing.
 */
export class SpinDetector {
  private readonly tree: ExecutionTrie;
  private readonly places: readonly Place[];
  private readonly mem: ReexecutionMemory;
  private readonly idle: IdleIterations;

  constructor(tree: ExecutionTrie, places: readonly Place[], mem: ReexecutionMemory, idle: IdleIterations) {
    this.tree = tree;
    this.places = places;
    this.mem = mem;
    this.idle = idle;
  }

  /**
   * Closes an idle iteration of the loop that an operation is in after `AHEAD_MAX` accesses, if it
   * is in one. It need not be run again until something has changed. Returns the node that stands
   * for `asked` from then on: another one where the closed iteration ends there.
   *
   * @param last the last node that the operation came to.
   * @param asked an earlier node: the first one that a closed iteration may end with.
   * @param lastKnown the number of the last access where the state at a loop's head was known.
   */
  detectSpinLoop(operation: TreeOperation, last: number, asked: number, lastKnown: number): number {
    const path = this.tree.path(last);
    // The state at the loop's head is known, and was never the same twice.
    if (lastKnown >= path.length - AHEAD_MAX / 2) return asked;
    const pattern = this.shortestPattern(path);
    // Call sites are slow to find: this comes first.
    if (pattern === 0 || this.idleReads(path, path.length - 1 - pattern, pattern) === undefined) return asked;
    return this.closeIteration(operation, path, path.indexOf(asked), pattern) ?? asked;
  }

  /** The least period of the accesses and results at the end of `path`; 0 where there is none. */
  private shortestPattern(path: readonly number[]): number {
    const last = path.length - 2;
    let period = 1;
    for (let same = 0; same < AHEAD_MAX / 2; same++) {
      if (this.equal(path, last - same, last - same - period)) continue;
      if (++period > AHEAD_MAX / 4) return 0;
      same = -1;
    }
    return period;
  }

  /**
   * Whether accesses number `a` and `b` of `path` are the same, with the same results. A loop that
   * stores another value in each iteration is no spin loop.
   */
  private equal(path: readonly number[], a: number, b: number): boolean {
    const { tree } = this;
    return (
      tree.code[path[a]] === tree.code[path[b]] &&
      tree.operand[path[a]] === tree.operand[path[b]] &&
      tree.operandHigh[path[a]] === tree.operandHigh[path[b]] &&
      tree.expected[path[a]] === tree.expected[path[b]] &&
      tree.expectedHigh[path[a]] === tree.expectedHigh[path[b]] &&
      tree.low[path[a + 1]] === tree.low[path[b + 1]] &&
      tree.high[path[a + 1]] === tree.high[path[b + 1]]
    );
  }

  /** See `IdleIterations.reads`, of the `period` accesses from number `head` on. */
  private idleReads(path: readonly number[], head: number, period: number) {
    const next = path[head + period];
    return this.idle.reads(path.slice(head, head + period), this.tree.low[next], this.tree.high[next]);
  }

  /**
   * Equal results are not enough: two consecutive loops, or two loads in one loop, can return the
   * same values. An iteration ends only where the call site repeats as well.
   */
  private closeIteration(
    operation: TreeOperation,
    path: readonly number[],
    asked: number,
    pattern: number,
  ): number | undefined {
    const count = Math.min(path.length - 1, asked + (2 * PATTERNS_MAX + 1) * pattern);
    const sites = collectCallSites(this.mem, operation, path.slice(0, count + 1), count, 0).sites.slice(0, count);
    for (let period = pattern; period <= PATTERNS_MAX * pattern; period += pattern) {
      const head = this.headOfLoop(operation, path, sites, asked, period);
      const end = head + period;
      if (end + period > sites.length) continue;
      const idle = this.idleReads(path, head, period);
      if (idle === undefined) return undefined;
      const tail = path[end - 1];
      const closed = this.tree.close(path[head], tail, this.tree.low[path[end]], this.tree.high[path[end]], idle);
      const place = linesTo(this.mem, this.tree, operation, path[head]).get(path[head]);
      this.tree.compared.push({ closed, tail, place: place ?? 'a place that is not known' });
      return end === asked ? closed : undefined;
    }
    return undefined;
  }

  /** The number of the first access of a loop with iterations of `period` accesses. */
  private headOfLoop(
    operation: TreeOperation,
    path: readonly number[],
    sites: readonly string[],
    asked: number,
    period: number,
  ): number {
    // An iteration may begin before `asked`, but must not end there: other runs have been to those
    // nodes.
    const from = Math.max(0, asked - period);
    let head = sites.length - period;
    while (head > from && this.equal(path, head - 1, head - 1 + period) && sites[head - 1] === sites[head - 1 + period])
      head--;
    // The first iterations may be those of an earlier loop on the same line.
    while (head + 2 * period <= sites.length && !this.isIteration(operation, path, head, period)) head++;
    return head;
  }

  /**
   * Whether the operation does the same in the `period` accesses from `head` on as in those after
   * them, whatever it loads.
   */
  private isIteration(operation: TreeOperation, path: readonly number[], head: number, period: number): boolean {
    for (let at = head; at < head + period; at++)
      if (!this.sameContinuation(operation, path, at, at + period)) return false;
    return true;
  }

  /**
   * Whether the operation does the same after accesses number `a` and `b` of `path`, whatever they
   * return. Two loops on one line look alike as long as both load the same: other values are tried.
   */
  private sameContinuation(operation: TreeOperation, path: readonly number[], a: number, b: number): boolean {
    if (!isRead(kindOf(this.tree.code[path[a]]))) return true;
    return this.candidateLoadValues(path, a).every((low) => {
      // Both from one line of code: the stacks have it.
      const [afterA, afterB] = [a, b].map((at) => this.continuation(operation, path, at, low));
      return afterA === afterB;
    });
  }

  /**
   * Values that access number `at` may return: those seen or stored elsewhere, and their
   * neighbours.
   */
  private candidateLoadValues(path: readonly number[], at: number): readonly number[] {
    const { tree } = this;
    const place = this.places[placeOf(tree.code[path[at]])];
    const bits = Math.min(place.bits, 32);
    const seen = tree.low[path[at + 1]];
    const values = new Set([0, 1, 2, wrap(seen + 1, bits), wrap(seen - 1, bits)]);
    for (let i = 0; i + 1 < path.length; i++) values.add(wrap(tree.low[path[i + 1]], bits));
    for (let node = 1; node < tree.size && values.size < CANDIDATES_MAX; node++)
      if (tree.code[node] >= 0 && isWrite(kindOf(tree.code[node]))) values.add(wrap(tree.operand[node], bits));
    values.delete(seen);
    return [...values].slice(0, CANDIDATES_MAX);
  }

  /**
   * What the operation does when access number `at` returns `low`: its next access, or its end, as
   * text.
   */
  private continuation(operation: TreeOperation, path: readonly number[], at: number, low: number): string {
    const { outcome, sites } = collectCallSites(this.mem, operation, path.slice(0, at + 1), at + 1, low);
    if (outcome === SUSPENDED) return `${this.mem.abortedAt} ${sites[at + 1]}`;
    if (outcome instanceof ThrownValue) return `threw ${String(outcome.error)}`;
    return `returned ${resultText(operationEnd(operation, outcome).value)}`;
  }
}
