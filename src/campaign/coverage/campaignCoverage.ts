import { TRACES_MAX } from '../../explore/search/traceCounter.ts';
import { Uint53Set } from '../../explore/search/uint53Set.ts';
import type { Covered } from './coverage.ts';

/** Of each kind, so many are told apart: memory stays flat over days. */
const COVERED_MAX = TRACES_MAX / 4;

/** What a campaign has covered, as plain data. */
export interface CoveringJson {
  /** Numbers, as the bytes of doubles in base64. */
  readonly pairs: string;
  readonly states: string;
  readonly transitions: string;
  /** `scenario: claim`. */
  readonly claims: readonly string[];
}

/** What was covered by now. */
export class CampaignCoverage {
  readonly pairs = new Uint53Set();
  readonly states = new Uint53Set();
  readonly transitions = new Uint53Set();
  readonly claims = new Set<string>();

  /** Whether there was more than can be told apart: then counts are lower bounds, and what is new is no longer noticed. */
  get isFull(): boolean {
    return [this.pairs, this.states, this.transitions].some(({ size }) => size >= COVERED_MAX);
  }

  /** What of `covered` is new. */
  newIn({ pairs, states, transitions, claims }: Covered, family: string): Covered {
    const fresh = (set: Uint53Set, values: readonly number[]) =>
      set.size >= COVERED_MAX ? [] : values.filter((value) => !set.has(value));
    return {
      pairs: fresh(this.pairs, pairs),
      states: fresh(this.states, states),
      transitions: fresh(this.transitions, transitions),
      claims: claims.filter((claim) => !this.claims.has(`${family}: ${claim}`)),
    };
  }

  add({ pairs, states, transitions, claims }: Covered, family: string): void {
    for (const value of pairs) this.pairs.add(value);
    for (const value of states) this.states.add(value);
    for (const value of transitions) this.transitions.add(value);
    for (const claim of claims) this.claims.add(`${family}: ${claim}`);
  }

  toJSON(): CoveringJson {
    const { pairs, states, transitions, claims } = this;
    return {
      pairs: packed(pairs),
      states: packed(states),
      transitions: packed(transitions),
      claims: [...claims].sort(),
    };
  }

  merge({ pairs, states, transitions, claims }: CoveringJson): void {
    for (const value of unpacked(pairs)) this.pairs.add(value);
    for (const value of unpacked(states)) this.states.add(value);
    for (const value of unpacked(transitions)) this.transitions.add(value);
    for (const claim of claims) this.claims.add(claim);
  }
}

/** In ascending order, so that the same set is the same text. */
const packed = (set: Uint53Set): string =>
  Buffer.from(Float64Array.from(set.values()).sort().buffer).toString('base64');

function unpacked(text: string): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
