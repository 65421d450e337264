import { mixHash } from '../../explore/hash.ts';
import { Uint53Set } from '../../explore/search/uint53Set.ts';
import { KIND_BITS, kindOf, placeOf } from '../../memory/kinds.ts';
import type { CheckedExecution } from '../../run/createRun.ts';
import { hash32, hash53, pair53 } from '../hash.ts';
import { INITIAL_WRITE, ReadsFromCoverage, stripIndices } from './readsFromCoverage.ts';

/** What an execution covers: 53-bit hashes, and claims by name. */
export interface ExecutionCoverage {
  /**
   * Reads-from pairs: a read, and the write that it reads from. Reads from the initial value, and
   * reads from the same thread, count as one write each.
   */
  readonly pairs: readonly number[];
  /** States of the sequential models that run beside the execution. */
  readonly states: readonly number[];
  /** Pairs of consecutive states. */
  readonly transitions: readonly number[];
  /** Names of the `sometimes` that came true. */
  readonly claims: readonly string[];
}

export const coverageSize = ({ pairs, states, transitions, claims }: ExecutionCoverage): number =>
  pairs.length + states.length + transitions.length + claims.length;

/**
 * Repetitions that are told apart: of an operation's position in its actor, and of equal accesses
 * in one operation. Later ones count as the last of these.
 */
const REPETITIONS_MAX = 3;
const NO_STATES = { states: [], transitions: [] };
/** Stand for the write of a pair. */
const [FROM_INITIAL, FROM_SELF] = [1, 2];

/**
 * HOT. Collects what the executions of a scenario cover. An access is identified by its kind, its
 * place and its operation, without the indices in their names. So the number of pairs is bounded,
 * and scenarios of one family share them.
 */
export class Coverage {
  private readonly run: CheckedExecution;
  private readonly readsFrom: ReadsFromCoverage;
  /** Hashes of names: by thread and operation, and by place. */
  private readonly operations: readonly (readonly number[])[];
  private readonly places: readonly number[];
  /**
   * By node of the trie: the hash of the access that leads to it, or 0 if it is not known yet. Node
   * numbers are valid for one generation of the trie.
   */
  private sites = new Int32Array(1 << 10);
  private generation = -1;
  private readonly family: number;
  private readonly pairs = new Uint53Set();
  private readonly states = new Uint53Set();
  private readonly transitions = new Uint53Set();
  private readonly claims = new Set<string>();

  /** @param family the name of the campaign's scenario that this one was made from. */
  constructor(run: CheckedExecution, family: string) {
    const { program, places } = run.execution;
    this.run = run;
    this.family = hash32(family);
    this.readsFrom = new ReadsFromCoverage(run.execution);
    this.operations = program.actors.map(({ name, operations }) =>
      operations.map(({ label }, i) => mixHash(hash32(stripIndices(`${name} ${label}`)), Math.min(i, REPETITIONS_MAX))),
    );
    this.places = places.map(({ name }) => hash32(stripIndices(name)));
  }

  /**
   * Adds the execution that has just ended. Returns what it covers and no earlier one covers, or
   * undefined if there is nothing.
   *
   * @param isNewClass whether no earlier execution was of the same happens-before class. Otherwise
   * the models go through the same states, and are not run again.
   */
  add(isNewClass: boolean): ExecutionCoverage | undefined {
    const states = isNewClass ? this.newStates() : NO_STATES;
    const covered: ExecutionCoverage = { pairs: this.newPairs(), ...states, claims: this.newClaims() };
    return coverageSize(covered) === 0 ? undefined : covered;
  }

  private newPairs(): number[] {
    const found: number[] = [];
    const { execution } = this.run;
    const { schedule, program } = execution;
    const threads = program.actors.length;
    this.readsFrom.forEach((from, s) => {
      const isOwn = from !== INITIAL_WRITE && schedule[from] % threads === schedule[s] % threads;
      const site = from === INITIAL_WRITE ? FROM_INITIAL : isOwn ? FROM_SELF : this.site(from);
      const pair = pair53(site, this.site(s) ^ this.family);
      if (this.pairs.add(pair)) found.push(pair);
    });
    return found;
  }

  private newStates(): { states: number[]; transitions: number[] } {
    const { execution, checker } = this.run;
    const found = { states: [] as number[], transitions: [] as number[] };
    let before = this.stateAfter(0);
    if (this.states.add(before)) found.states.push(before);
    for (let s = 1; s <= execution.steps; s++) {
      if (!checker.changedWith(s)) continue;
      const after = this.stateAfter(s);
      if (after === before) continue;
      if (this.states.add(after)) found.states.push(after);
      const transition = pair53((before / 0x200000) | 0, (after / 0x200000) | 0);
      if (this.transitions.add(transition)) found.transitions.push(transition);
      before = after;
    }
    return found;
  }

  private newClaims(): string[] {
    const found = this.run.checker.reached.filter((claim) => !this.claims.has(claim));
    for (const claim of found) this.claims.add(claim);
    return found;
  }

  private stateAfter(steps: number): number {
    return hash53(this.run.checker.keyAfter(steps), this.family);
  }

  /** The hash of the access of step `s`. */
  private site(s: number): number {
    const { tree, nodes, schedule, program } = this.run.execution;
    if (this.generation !== tree.generation) {
      this.generation = tree.generation;
      this.sites.fill(0);
    }
    const node = nodes[s];
    if (node >= this.sites.length) {
      const grown = new Int32Array(2 * Math.max(node, this.sites.length));
      grown.set(this.sites);
      this.sites = grown;
    }
    const known = this.sites[node];
    if (known !== 0) return known;
    const code = tree.code[node];
    const thread = schedule[s] % program.actors.length;
    const operation = tree.operation[node];
    let nth = 0;
    for (let at = tree.parent[node]; at !== 0 && nth < REPETITIONS_MAX; at = tree.parent[at])
      if (tree.code[at] === code) nth++;
    const access = mixHash(this.places[placeOf(code)], kindOf(code) | (nth << KIND_BITS));
    const site = mixHash(this.operations[thread][operation], access) || 1;
    this.sites[node] = site;
    return site;
  }
}
