import { isChoice, isCmpxchg, isData, isRead, isWrite, Kind, kindOf, placeOf } from '../../../memory/kinds.ts';
import type { LoopRules } from '../../../memory/loopRules.ts';
import { Execution } from '../../execution/execution.ts';
import type { Program } from '../../program.ts';
import { ScMemory } from '../sc/scMemory.ts';

/** The result of a read: its lower and upper 32 bits. */
export type ReadValue = readonly [low: number, high: number];

/** An access of a run. */
export interface ProbedAccess {
  readonly code: number;
  readonly operand: number;
  readonly operandHigh: number;
  /** How many accesses with this code were before it. */
  readonly nth: number;
  readonly expected: number;
  readonly expectedHigh: number;
}

/** A run of a thread alone. */
export interface ProbedRun {
  readonly accesses: readonly ProbedAccess[];
  /** Whether it came to its end: nothing was assumed in vain, and no loop went round and round. */
  readonly isComplete: boolean;
  /** By access, the place in the code that it comes from, if it is known. */
  readonly sites: () => readonly (string | undefined)[];
}

/** Says what a read returns, given the accesses before; undefined: the run ends here. */
export type ReadOracle = (access: ProbedAccess, before: readonly ProbedAccess[]) => ReadValue | undefined;

/** A memory whose reads return what they are told. It keeps locks, and nothing else. */
class ToldMemory extends ScMemory {
  result: ReadValue = NO_VALUE;
  private readonly of: Execution;

  constructor(execution: Execution) {
    super(execution);
    this.of = execution;
  }

  override apply(thread: number): void {
    const { of } = this;
    const s = of.steps;
    const code = of.pending[thread];
    const kind = kindOf(code);
    const [low, high] = this.result;
    of.footprints[s] = code;
    of.values[s] = of.highs[s] = of.olds[s] = of.oldHighs[s] = 0;
    of.changed = -1;
    if (kind === Kind.lock) this.put(placeOf(code), thread + 1, 0);
    else if (kind === Kind.unlock) this.put(placeOf(code), 0, 0);
    of.completeStep(thread, of.node[thread], isData(kind), low, high);
  }
}

const NO_VALUE: ReadValue = [0, 0];
/** A run with more accesses counts as one that never ends. */
const ACCESSES_MAX = 10_000;

/** Runs one thread of a program alone, with reads that return whatever is wanted. */
export class ThreadProbe {
  private readonly execution: Execution<ToldMemory>;
  /** By node of the trie: the place in the code. */
  private readonly sites = new Map<number, string | undefined>();
  private generation = 0;

  constructor(program: Program, loopRules: LoopRules) {
    const create = (execution: Execution<ToldMemory>): ToldMemory => new ToldMemory(execution);
    this.execution = new Execution(program, ACCESSES_MAX, { fences: 'all', hasBuffers: false, create });
    this.execution.loopRules = loopRules;
    this.execution.blockOnSpin = true;
  }

  run(thread: number, tell: ReadOracle): ProbedRun {
    const { execution } = this;
    const { tree, memory, spins } = execution;
    execution.reset();
    const accesses: ProbedAccess[] = [];
    const counts = new Map<number, number>();
    const isOver = (): boolean => {
      const isRunning = (execution.live & ~execution.halted & (1 << thread)) !== 0;
      return !isRunning || execution.isViolated || execution.steps >= ACCESSES_MAX || spins.of(thread) !== undefined;
    };
    while (!isOver()) {
      const code = execution.pending[thread];
      const node = execution.node[thread];
      const nth = counts.get(code) ?? 0;
      counts.set(code, nth + 1);
      const [operand, operandHigh] = [tree.operand[node], tree.operandHigh[node]];
      const [expected, expectedHigh] = [tree.expected[node], tree.expectedHigh[node]];
      const access = { code, operand, operandHigh, expected, expectedHigh, nth };
      const result = isRead(kindOf(code)) || isChoice(kindOf(code)) ? tell(access, accesses) : NO_VALUE;
      if (result === undefined) break;
      accesses.push(access);
      memory.result = result;
      execution.step(thread);
    }
    const isComplete = (execution.live & (1 << thread)) === 0;
    return { accesses, isComplete, sites: () => this.sitesOf(thread) };
  }

  /** Of the last run. A thread makes the access of a node from one place. */
  private sitesOf(thread: number): (string | undefined)[] {
    const { nodes, steps, threads, tree } = this.execution;
    const { sites } = this;
    if (this.generation !== tree.generation) sites.clear();
    this.generation = tree.generation;
    for (let s = steps - 1; s >= 0; s--)
      if (!sites.has(nodes[s])) for (const [node, line] of threads.linesTo(thread, nodes[s], s)) sites.set(node, line);
    return Array.from({ length: steps }, (_, s) => sites.get(nodes[s]));
  }
}

/** Whether an access writes if it reads this value: a compare-and-exchange may fail. */
export const writesAfter = ({ code, expected, expectedHigh }: ProbedAccess, [low, high]: ReadValue): boolean =>
  isWrite(kindOf(code)) && !(isCmpxchg(kindOf(code)) && (low !== expected || high !== expectedHigh));
