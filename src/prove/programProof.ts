import type { Execution } from '../explore/execution/execution.ts';
import { linesOf, traceOf } from '../explore/execution/trace.ts';
import type { Violation } from '../explore/execution/violation.ts';
import { createExecution } from '../explore/memoryModels/registry.ts';
import type { Program } from '../explore/program.ts';
import { readFromIndex, threadOf } from '../explore/schedule.ts';
import { isChoice, kindOf } from '../memory/kinds.ts';
import { wordAt } from '../memory/memoryImage.ts';
import type { Trace } from '../memory/trace.ts';
import type { Reader } from '../trackers/interface/tracker.ts';
import { AmpleSets } from './ampleSets.ts';
import type { EndlessProgram, Fairness } from './endlessProgram.ts';
import { findUnmetObligation } from './fairCycles.ts';
import { IndexShift } from './indexShift.ts';
import { ReachableStates, type SearchEnd, type SearchLimits } from './reachableStates.ts';

/** So many states are visited without reduction first. */
const LEARNING_STATES = 1 << 13;

/** Steps that an operation may take, as its log grows with each. */
const STEPS_MAX = 1 << 20;

/** An execution that violates the property, and what it does. */
export interface EndlessFinding {
  readonly property: string;
  readonly message: string;
  /** The choices: see `encodeChoice`. The last `cycle` of them repeat forever; 0: it ends. */
  readonly schedule: readonly number[];
  readonly cycle: number;
  readonly trace: Trace;
  readonly lines: readonly (string | undefined)[];
  readonly program: Program;
}

export type ProofEnd =
  | { readonly kind: 'limit'; readonly limit: string }
  | ({ readonly kind: 'violated' } & EndlessFinding);

/** The proof of one endless program under `sc`. */
export class ProgramProof {
  graph: ReachableStates;
  readonly assumptions: string[] = [];
  private readonly endless: EndlessProgram;
  /** Whether the search is reduced: see `AmpleSets`. */
  private readonly reduces: boolean;
  private readonly learningStates: number;
  private readonly fairness: Fairness;
  private readonly execution: Execution;
  private readonly shift: IndexShift;
  private readonly ample: AmpleSets;
  private readonly reader: Reader;
  private isComplete = false;
  private readonly seen: boolean[];

  /** @param learningStates so many states are visited without reduction first; Infinity: all */
  constructor(endless: EndlessProgram, fairness: Fairness, learningStates = LEARNING_STATES) {
    this.endless = endless;
    this.learningStates = learningStates;
    this.reduces = learningStates < Infinity;
    this.fairness = fairness;
    this.execution = createExecution('sc', endless.program, STEPS_MAX);
    this.shift = new IndexShift(this.execution, endless.indexRings);
    this.seen = Object.keys(endless.sometimes).map(() => false);
    const { bytes } = this.execution;
    this.reader = {
      read: (cell) => wordAt(bytes, cell),
      read64: ({ offset }) => (BigInt(bytes.u32[(offset >>> 2) + 1]) << 32n) | BigInt(bytes.u32[offset >>> 2]),
    };
    this.ample = new AmpleSets(this.execution, endless.visible, fairness);
    this.graph = this.newGraph(false);
  }

  private newGraph(reduces: boolean): ReachableStates {
    const checks = {
      rebase: () => this.shift.rebase(),
      violation: () => this.violation(),
      labels: () => this.labels(),
      inside: () => this.inside,
      fair: this.endless.fair,
    };
    const { execution, ample } = this;
    const all = new Uint32Array(execution.bytes.u32.length).fill(0xffff_ffff);
    return new ReachableStates(
      execution,
      checks,
      ample,
      reduces,
      reduces ? ample.liveBits(this.endless.visibleBetween) : all,
    );
  }

  get properties(): string[] {
    return [...this.endless.invariants, ...this.endless.obligations].map(({ name }) => name);
  }

  run(limits: { readonly until: number; readonly bytes: number }): ProofEnd | undefined {
    const end = this.search(limits);
    if (end?.kind === 'violated') return this.finding(end);
    if (end !== undefined) return end;
    this.checkShifts();
    for (const [i, { name }] of this.endless.obligations.entries()) {
      const forever = findUnmetObligation(this.graph, 1 << i, this.fairness);
      if (forever === undefined) continue;
      const schedule = [...forever.prefix, ...forever.cycle];
      const violation = { property: name, message: 'never, if the last steps repeat forever' };
      return this.finding({ kind: 'violated', violation, schedule }, forever.cycle.length);
    }
    return undefined;
  }

  /** Searches without reduction until most accesses are known, then as often as one was not. */
  private search(limits: Omit<SearchLimits, 'states'>): Exclude<SearchEnd, { readonly kind: 'again' }> | undefined {
    let end = this.graph.search({ ...limits, states: this.learningStates });
    if (!this.reduces) return end as Exclude<SearchEnd, { readonly kind: 'again' }>;
    while (end?.kind === 'again' || (end === undefined && !this.isComplete)) {
      this.ample.hasLearnt = false;
      this.isComplete = true;
      this.graph = this.newGraph(true);
      end = this.graph.search({ ...limits, states: Infinity });
    }
    return end;
  }

  private checkShifts(): void {
    if (this.endless.indexRings.length === 0) return;
    const { logs, shifts } = this.shift.check(this.graph.logs);
    const text = `indices that are a multiple of the ring's size higher make no difference: seen for ${logs} logs of operations, with ${shifts} shifts each`;
    this.assumptions.push(text);
  }

  /** What should have happened in some state, and did not. */
  neverSeen(): string | undefined {
    return Object.keys(this.endless.sometimes)[this.seen.indexOf(false)];
  }

  /** The threads that have made an access in their operation, as bits. Choices are none. */
  private get inside(): number {
    const { node, tree } = this.execution;
    let inside = 0;
    for (let t = 0; t < node.length; t++) {
      let before = node[t] === 0 ? 0 : tree.parent[node[t]];
      while (before !== 0 && isChoice(kindOf(tree.code[before]))) before = tree.parent[before];
      if (before !== 0) inside |= 1 << t;
    }
    return inside;
  }

  private labels(): number {
    const { inside, reader } = this;
    for (const [i, holds] of Object.values(this.endless.sometimes).entries())
      if (!this.seen[i]) this.seen[i] = holds(reader);
    return this.endless.obligations.reduce(
      (mask, { isOpen }, i) => (isOpen(reader, inside) ? mask | (1 << i) : mask),
      0,
    );
  }

  private violation(): Violation | undefined {
    const isResting = this.inside === 0;
    for (const { name, betweenOperations, violation } of this.endless.invariants) {
      if (betweenOperations && !isResting) continue;
      const message = violation(this.reader);
      if (message !== undefined) return { property: name, message };
    }
    return undefined;
  }

  /** Takes the steps of a schedule from the beginning, where indices are not shifted. */
  private finding({ violation, schedule }: SearchEnd & { readonly kind: 'violated' }, cycle = 0): ProofEnd {
    const execution = createExecution('sc', this.endless.program, STEPS_MAX);
    execution.reset();
    for (const choice of schedule) execution.step(threadOf(choice), readFromIndex(choice));
    return {
      kind: 'violated',
      ...violation,
      schedule,
      cycle,
      trace: traceOf(execution),
      lines: linesOf(execution),
      program: this.endless.program,
    };
  }
}
