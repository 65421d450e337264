import { mixHash } from '../../explore/hash.ts';
import { Uint53Set } from '../../explore/search/uint53Set.ts';
import { placeOf } from '../../memory/memory.ts';
import type { CheckedExecution } from '../../run/createRun.ts';
import { hash32, hash53, pair53 } from '../hash.ts';
import { INITIAL_WRITE, ReadsFromCoverage, stripIndices } from './readsFromCoverage.ts';

/** What executions cover, as numbers of 53 bits, and claims by name. */
export interface Covered {
  /** Reads-from pairs: an access that writes, or the initial value, or the same thread, and one that reads it. */
  readonly pairs: readonly number[];
  /** States of the sequential models beside the execution, and the steps from one to another. */
  readonly states: readonly number[];
  readonly transitions: readonly number[];
  /** `sometimes` that have come true. */
  readonly claims: readonly string[];
}

export const coverageSize = ({ pairs, states, transitions, claims }: Covered): number =>
  pairs.length + states.length + transitions.length + claims.length;

/** Of the accesses and operations of one kind that a thread makes one after the other, so many are told apart. */
const APART = 3;
const NO_STATES = { states: [], transitions: [] };
const [FROM_INITIAL, FROM_SELF] = [1, 2];

/**
 * HOT. What executions of a scenario cover. An access is known by its kind, its place, and the operation that makes it, without their numbers: so the pairs of
 * scenarios of one family are the same pairs, and there is an end to them.
 */
export class Coverage {
  private readonly run: CheckedExecution;
  private readonly communication: ReadsFromCoverage;
  /** By thread and operation, and by place: what stands for its name. */
  private readonly operations: readonly (readonly number[])[];
  private readonly places: readonly number[];
  /** By log: its site; 0: not known yet. The logs are numbered anew when the tree is. */
  private sites = new Int32Array(1 << 10);
  private generation = -1;
  private readonly family: number;
  private readonly pairs = new Uint53Set();
  private readonly states = new Uint53Set();
  private readonly transitions = new Uint53Set();
  private readonly claims = new Set<string>();

  /** @param family scenarios that are made from one have the same. */
  constructor(run: CheckedExecution, family: string) {
    const { program, places } = run.execution;
    this.run = run;
    this.family = hash32(family);
    this.communication = new ReadsFromCoverage(run.execution);
    this.operations = program.actors.map(({ name, operations }) =>
      operations.map(({ label }, i) => mixHash(hash32(stripIndices(`${name} ${label}`)), Math.min(i, APART))),
    );
    this.places = places.map(({ name }) => hash32(stripIndices(name)));
  }

  /**
   * What the execution as it is now covers that none before it has covered; undefined: nothing.
   *
   * @param isNew whether it is of a class that none before it was of: else the models have gone the same way, and are not looked at.
   */
  add(isNew: boolean): Covered | undefined {
    const states = isNew ? this.newStates() : NO_STATES;
    const covered: Covered = { pairs: this.newPairs(), ...states, claims: this.newClaims() };
    return coverageSize(covered) === 0 ? undefined : covered;
  }

  private newPairs(): number[] {
    const found: number[] = [];
    const { execution } = this.run;
    const { schedule, program } = execution;
    const threads = program.actors.length;
    this.communication.each((from, s) => {
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

  private site(s: number): number {
    const { tree, nodes, schedule, program } = this.run.execution;
    if (this.generation !== tree.generation) {
      this.generation = tree.generation;
      this.sites.fill(0);
    }
    const node = nodes[s];
    if (node >= this.sites.length) {
      const wider = new Int32Array(2 * Math.max(node, this.sites.length));
      wider.set(this.sites);
      this.sites = wider;
    }
    const known = this.sites[node];
    if (known !== 0) return known;
    const code = tree.code[node];
    const thread = schedule[s] % program.actors.length;
    const operation = tree.operation[node];
    let nth = 0;
    for (let at = tree.parent[node]; at !== 0 && nth < APART; at = tree.parent[at]) if (tree.code[at] === code) nth++;
    const access = mixHash(this.places[placeOf(code)], (code & 31) | (nth << 5));
    const site = mixHash(this.operations[thread][operation], access) || 1;
    this.sites[node] = site;
    return site;
  }
}
