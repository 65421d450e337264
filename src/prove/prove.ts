import { createExecution } from '../explore/memoryModels/registry.ts';
import type { Execution } from '../explore/execution/execution.ts';
import type { Violation } from '../explore/execution/violation.ts';
import { linesOf, traceOf } from '../explore/execution/trace.ts';
import { readFromIndex, threadOf } from '../explore/schedule.ts';
import type { Program } from '../explore/program.ts';
import type { Trace } from '../memory/trace.ts';
import { isChoice, kindOf } from '../memory/kinds.ts';
import { wordAt } from '../memory/memoryImage.ts';
import type { Reader } from '../trackers/interface/tracker.ts';
import type { TrackerDescriptor } from '../vm/trackerDescriptor.ts';
import { AmpleSets } from './ampleSets.ts';
import { type EndlessSpec, type EndlessVm, endlessVm } from './endlessVm.ts';
import { type Fairness, findFairCycle } from './fairCycles.ts';
import { IndexShift, NotShiftable } from './indexShift.ts';
import { ReachableStates, type SearchEnd, type SearchLimits } from './reachableStates.ts';

/** So many states are visited without reduction first. */
const LEARNING_STATES = 1 << 13;

/** Steps that an operation may take, as its log grows with each. */
const STEPS_MAX = 1 << 20;

export interface ProofLimits {
  readonly seconds: number;
  readonly bytes: number;
}

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

/** What is known of one endless machine. */
export interface ProofReport {
  /** `unknown`: the states are not finitely many, or nothing has happened in them. */
  readonly outcome: 'proved' | 'violated' | 'limit' | 'unknown';
  /** Why it is not proved. */
  readonly why?: string;
  /** All proofs together: one for each page that the marked write goes to. */
  readonly states: number;
  readonly steps: number;
  readonly seconds: number;
  /** The properties that were proved. */
  readonly properties: readonly string[];
  /** What the proof rests on. */
  readonly assumptions: readonly string[];
  readonly finding?: EndlessFinding;
}

/**
 * Proves a tracker on an endless machine under `sc`: no state violates safety, and no fair
 * execution violates liveness, whatever its length.
 */
export function prove(
  tracker: TrackerDescriptor,
  spec: Omit<EndlessSpec, 'markedPage'>,
  fairness: Fairness,
  limits: ProofLimits,
): ProofReport {
  const start = performance.now();
  const until = start + limits.seconds * 1000;
  let [states, steps] = [0, 0];
  const properties = new Set<string>();
  const assumptions = new Set<string>(fairnessAssumptions(fairness));
  // Without marks, one proof is enough.
  const pages = spec.hostile === 'nothing' ? spec.pages : 1;
  const report = (outcome: ProofReport['outcome'], more: Pick<ProofReport, 'why' | 'finding'> = {}): ProofReport => ({
    outcome,
    ...more,
    states,
    steps,
    seconds: (performance.now() - start) / 1000,
    properties: [...properties],
    assumptions: [...assumptions],
  });
  for (let markedPage = 0; markedPage < pages; markedPage++) {
    const proof = new Proof(endlessVm(tracker, { ...spec, markedPage }), fairness);
    try {
      const end = proof.run({ until, bytes: limits.bytes });
      states += proof.graph.size;
      steps += proof.graph.edges;
      if (end?.kind === 'limit') return report('limit', { why: end.limit });
      if (end !== undefined) return report('violated', { finding: end });
    } catch (error) {
      if (!(error instanceof NotShiftable)) throw error;
      return report('unknown', { why: `the states are not finitely many: ${error.message}` });
    }
    const missing = proof.neverSeen();
    if (missing !== undefined) return report('unknown', { why: `never happens: ${missing}` });
    for (const name of proof.properties) properties.add(name);
    for (const text of proof.assumptions) assumptions.add(text);
  }
  return report('proved');
}

function fairnessAssumptions(fairness: Fairness): string[] {
  return [
    'sequential consistency',
    fairness === 'weak'
      ? 'a thread that can take a step from some moment on takes one'
      : 'a thread that can take a step infinitely often takes one; so each waiter for a lock gets it',
  ];
}

type ProofEnd = { readonly kind: 'limit'; readonly limit: string } | ({ readonly kind: 'violated' } & EndlessFinding);

/** One endless machine, with the marked write on one page. */
class Proof {
  graph: ReachableStates;
  readonly assumptions: string[] = [];
  private readonly vm: EndlessVm;
  private readonly fairness: Fairness;
  private readonly execution: Execution;
  private readonly shift: IndexShift;
  private readonly ample: AmpleSets;
  private readonly reader: Reader;
  private isComplete = false;
  private readonly seen: boolean[];

  constructor(vm: EndlessVm, fairness: Fairness) {
    this.vm = vm;
    this.fairness = fairness;
    this.execution = createExecution('sc', vm.program, STEPS_MAX);
    this.shift = new IndexShift(this.execution, vm.indexRings);
    this.seen = Object.keys(vm.sometimes).map(() => false);
    const { bytes } = this.execution;
    this.reader = {
      read: (cell) => wordAt(bytes, cell),
      read64: ({ offset }) => (BigInt(bytes.u32[(offset >>> 2) + 1]) << 32n) | BigInt(bytes.u32[offset >>> 2]),
    };
    this.ample = new AmpleSets(this.execution, vm.visible);
    this.graph = this.newGraph(false);
  }

  private newGraph(reduces: boolean): ReachableStates {
    const checks = {
      rebase: () => this.shift.rebase(),
      violation: () => this.violation(),
      labels: () => this.labels(),
      inside: () => this.inside,
      fair: this.vm.fair,
    };
    return new ReachableStates(this.execution, checks, this.ample, reduces);
  }

  get properties(): string[] {
    return [...this.vm.invariants, ...this.vm.obligations].map(({ name }) => name);
  }

  run(limits: { readonly until: number; readonly bytes: number }): ProofEnd | undefined {
    const end = this.search(limits);
    if (end?.kind === 'violated') return this.finding(end);
    if (end !== undefined) return end;
    this.checkShifts();
    for (const [i, { name }] of this.vm.obligations.entries()) {
      const endless = findFairCycle(this.graph, 1 << i, this.fairness);
      if (endless === undefined) continue;
      const schedule = [...endless.prefix, ...endless.cycle];
      const violation = { property: name, message: 'never, if the last steps repeat forever' };
      return this.finding({ kind: 'violated', violation, schedule }, endless.cycle.length);
    }
    return undefined;
  }

  /** Searches without reduction until most accesses are known, then as often as one was not. */
  private search(limits: Omit<SearchLimits, 'states'>): Exclude<SearchEnd, { readonly kind: 'again' }> | undefined {
    let end = this.graph.search({ ...limits, states: LEARNING_STATES });
    while (end?.kind === 'again' || (end === undefined && !this.isComplete)) {
      this.ample.hasLearnt = false;
      this.isComplete = true;
      this.graph = this.newGraph(true);
      end = this.graph.search({ ...limits, states: Infinity });
    }
    return end;
  }

  private checkShifts(): void {
    if (this.vm.indexRings.length === 0) return;
    const { logs, shifts } = this.shift.check();
    const text = `indices that are a multiple of the ring's size higher make no difference: seen for ${logs} logs of operations, with ${shifts} shifts each`;
    this.assumptions.push(text);
  }

  /** What should have happened in some state, and did not. */
  neverSeen(): string | undefined {
    return Object.keys(this.vm.sometimes)[this.seen.indexOf(false)];
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
    for (const [i, holds] of Object.values(this.vm.sometimes).entries()) if (!this.seen[i]) this.seen[i] = holds(reader);
    return this.vm.obligations.reduce((mask, { isOpen }, i) => (isOpen(reader, inside) ? mask | (1 << i) : mask), 0);
  }

  private violation(): Violation | undefined {
    const isResting = this.inside === 0;
    for (const { name, betweenOperations, violation } of this.vm.invariants) {
      if (betweenOperations && !isResting) continue;
      const message = violation(this.reader);
      if (message !== undefined) return { property: name, message };
    }
    return undefined;
  }

  /** Takes the steps of a schedule from the beginning, where indices are not shifted. */
  private finding({ violation, schedule }: SearchEnd & { readonly kind: 'violated' }, cycle = 0): ProofEnd {
    const execution = createExecution('sc', this.vm.program, STEPS_MAX);
    execution.reset();
    for (const choice of schedule) execution.step(threadOf(choice), readFromIndex(choice));
    return {
      kind: 'violated',
      ...violation,
      schedule,
      cycle,
      trace: traceOf(execution),
      lines: linesOf(execution),
      program: this.vm.program,
    };
  }
}
