import { TRACES_MAX } from '../../explore/search/traceCounter.ts';
import { Uint53Set } from '../../explore/search/uint53Set.ts';
import type { ExecutionCoverage } from './coverage.ts';

/** Maximum size of each set, which bounds the memory of a campaign that runs for days. */
const SET_MAX = TRACES_MAX / 4;

/** The coverage of a campaign, as plain data. */
export interface CoverageJson {
  /** Each set of numbers as the bytes of doubles, in base64. */
  readonly pairs: string;
  readonly states: string;
  readonly transitions: string;
  /** `scenario: claim` */
  readonly claims: readonly string[];
}

/** What the executions of a campaign have covered. */
export class CampaignCoverage {
  readonly pairs = new Uint53Set();
  readonly states = new Uint53Set();
  readonly transitions = new Uint53Set();
  readonly claims = new Set<string>();

  /**
   * Whether a set has reached its maximum size. Sizes are then lower bounds, and new values are no
   * longer reported.
   */
  get isFull(): boolean {
    return [this.pairs, this.states, this.transitions].some(({ size }) => size >= SET_MAX);
  }

  /** The part of `covered` that is new. */
  findNew({ pairs, states, transitions, claims }: ExecutionCoverage, family: string): ExecutionCoverage {
    const newValues = (set: Uint53Set, values: readonly number[]) =>
      set.size >= SET_MAX ? [] : values.filter((value) => !set.has(value));
    return {
      pairs: newValues(this.pairs, pairs),
      states: newValues(this.states, states),
      transitions: newValues(this.transitions, transitions),
      claims: claims.filter((claim) => !this.claims.has(`${family}: ${claim}`)),
    };
  }

  add({ pairs, states, transitions, claims }: ExecutionCoverage, family: string): void {
    for (const value of pairs) this.pairs.add(value);
    for (const value of states) this.states.add(value);
    for (const value of transitions) this.transitions.add(value);
    for (const claim of claims) this.claims.add(`${family}: ${claim}`);
  }

  toJSON(): CoverageJson {
    const { pairs, states, transitions, claims } = this;
    return {
      pairs: encodeSet(pairs),
      states: encodeSet(states),
      transitions: encodeSet(transitions),
      claims: [...claims].sort(),
    };
  }

  merge({ pairs, states, transitions, claims }: CoverageJson): void {
    for (const value of decodeSet(pairs)) this.pairs.add(value);
    for (const value of decodeSet(states)) this.states.add(value);
    for (const value of decodeSet(transitions)) this.transitions.add(value);
    for (const claim of claims) this.claims.add(claim);
  }
}

/** In ascending order, so that equal sets have equal texts. */
const encodeSet = (set: Uint53Set): string =>
  Buffer.from(Float64Array.from(set.values()).sort().buffer).toString('base64');

/** Whether a text is a set that `decodeSet` reads. */
export function isEncodedSet(text: string): boolean {
  if (Buffer.from(text, 'base64').length % 8 !== 0) return false;
  const values = decodeSet(text);
  return values.length <= TRACES_MAX && values.every((value) => Number.isSafeInteger(value) && value >= 0);
}

function decodeSet(text: string): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
