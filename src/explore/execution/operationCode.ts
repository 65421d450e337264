import type { Place } from '../../memory/cell.ts';
import { ExecutionTrie } from '../../memory/executionTrie.ts';
import type { LoopRules } from '../../memory/loopRules.ts';
import type { Memory } from '../../memory/memory.ts';
import type { MemoryImage } from '../../memory/memoryImage.ts';
import type { TreeOperation } from '../../memory/operationEnd.ts';
import { OperationRunner } from '../../memory/operationRunner.ts';
import type { AccessResult, Fences } from '../../memory/reexecutionMemory.ts';
import { resultText } from '../../memory/result.ts';
import type { Program } from '../program.ts';

/** An operation with the result that it was given. */
interface GivenOperation {
  readonly operation: TreeOperation;
  readonly thread: number;
}

/** An access, by its code, that an operation of a thread has made. */
interface OperationAccess {
  readonly thread: number;
  readonly operation: number;
  readonly code: number;
}

/** What the code of the operations is run on, and with. */
export interface CodeOptions {
  readonly places: readonly Place[];
  readonly bytes: MemoryImage;
  /** Which fences are steps. */
  readonly fences: Fences;
  /**
   * Groups of threads whose operations are equal and do not ask for their thread: they share their
   * trie nodes.
   */
  readonly alike: readonly (readonly number[])[];
  /** What the last operation of a thread returned; undefined: it has performed none. */
  readonly lastResult: (thread: number) => unknown;
  /** Whether the time of the search is over. */
  readonly isLate: () => boolean;
}

/**
 * The code of a program's operations. It is run only where the trie does not know yet what comes
 * next.
 */
export class OperationCode {
  readonly tree = new ExecutionTrie();
  private readonly program: Program;
  private readonly operations: readonly (readonly TreeOperation[])[];
  private readonly runners: readonly OperationRunner[];
  private readonly lastResult: (thread: number) => unknown;
  /**
   * By thread and operation: its first node; by the last result of the thread, where the operation
   * asks for it.
   */
  private roots: Map<string, number>[][] = [];
  /** By first node of an operation: the operation. */
  private readonly given = new Map<number, GivenOperation>();
  /** By thread: the first thread with the same operations. */
  private readonly alike: readonly number[];

  constructor(program: Program, { places, bytes, fences, alike, lastResult, isLate }: CodeOptions) {
    this.program = program;
    this.lastResult = lastResult;
    this.alike = program.actors.map((_, t) => alike.find((group) => group.includes(t))?.[0] ?? t);
    this.runners = program.actors.map(() => new OperationRunner(this.tree, places, bytes, fences));
    for (const runner of this.runners) {
      runner.isWatched = program.isWatched === true;
      runner.isLate = isLate;
    }
    this.operations = program.actors.map(({ name, operations }, thread) =>
      operations.map((operation, index) => ({
        thread,
        index,
        label: `operation ${index + 1} of ${name}, ${operation.label}`,
        run: (mem) => operation.run(mem, lastResult(thread)),
        again: (result) => operation.until !== undefined && !operation.until(result),
      })),
    );
  }

  set loopRules(rules: LoopRules) {
    for (const runner of this.runners) runner.loopRules = rules;
  }

  /** Forgets all that is known of the operations. */
  clear(): void {
    this.tree.clear();
    this.given.clear();
    this.roots = this.operations.map((of) => of.map(() => new Map()));
  }

  /** How many operations a thread has. */
  count(thread: number): number {
    return this.operations[thread].length;
  }

  /** For messages: `operation 1 of vcpu0, push(0, 1)`. */
  label(thread: number, index: number): string {
    return this.operations[thread][index].label;
  }

  /** The first node of an operation; undefined where it has not been run yet. */
  knownRoot(thread: number, index: number): number | undefined {
    return this.roots[this.alike[thread]][index].get(this.rootKey(thread, index));
  }

  /** Runs an operation up to its first access. Returns its first node. */
  addRoot(thread: number, index: number): number {
    const root = this.runners[thread].next(this.operations[thread][index], 0, 0, 0);
    this.roots[this.alike[thread]][index].set(this.rootKey(thread, index), root);
    this.given.set(root, { operation: this.withResult(thread, index, this.lastResult(thread)), thread });
    return root;
  }

  private rootKey(thread: number, index: number): string {
    const asks = this.program.actors[thread].operations[index].run.length > 1;
    return asks ? resultText(this.lastResult(thread)) : '';
  }

  /**
   * Runs an operation again, over the results up to `node` and (low, high). Returns the node that
   * comes next.
   */
  addNext(thread: number, index: number, node: number, low: number, high: number): number {
    return this.runners[thread].next(this.operations[thread][index], node, low, high);
  }

  private withResult(thread: number, index: number, before: unknown): TreeOperation {
    const { run } = this.program.actors[thread].operations[index];
    return { ...this.operations[thread][index], run: (mem: Memory) => run(mem, before) };
  }

  /**
   * Whether an operation asked for the number of its thread: then no two threads are
   * interchangeable.
   */
  get threadMatters(): boolean {
    return this.runners.some((runner) => runner.threadMatters);
  }

  /**
   * The operation that was running when the execution was ended from outside, and how many accesses
   * it had made. Undefined if none was.
   */
  interrupted(): { readonly label: string; readonly accesses: number } | undefined {
    const runner = this.runners.find(({ running }) => running !== null);
    return runner === undefined ? undefined : { label: runner.running!, accesses: runner.accesses };
  }

  /**
   * Whether the operation with first node `root` does the same over other results: see
   * `OperationRunner`.
   */
  doesTheSame(root: number, nodes: readonly number[], results: readonly AccessResult[], end: number): boolean {
    const { operation, thread } = this.given.get(root)!;
    return this.runners[thread].doesTheSame(operation, nodes, results, end);
  }

  /** The loop that has begun the most iterations on the way to `node`. */
  longestLoop(thread: number, index: number, node: number): ReturnType<OperationRunner['longestLoop']> {
    return this.runners[thread].longestLoop(this.withResult(thread, index, this.lastResult(thread)), node);
  }

  /**
   * By node of an operation, up to `node`: the line it comes from. `before`: the result that it was
   * given.
   */
  linesTo(thread: number, node: number, before: unknown): ReadonlyMap<number, string | undefined> {
    return this.runners[thread].linesTo(this.withResult(thread, this.tree.operation[node], before), node);
  }

  /** All accesses that operations have been seen to make, in this execution or another. */
  *accesses(): Generator<OperationAccess> {
    const { tree } = this;
    const roots = new Int32Array(tree.size);
    for (let node = 1; node < tree.size; node++) {
      const parent = tree.parent[node];
      roots[node] = parent === 0 ? node : roots[parent];
      const code = tree.code[node];
      const of = this.given.get(roots[node]);
      if (code >= 0 && of !== undefined) yield { thread: of.thread, operation: tree.operation[node], code };
    }
  }
}
