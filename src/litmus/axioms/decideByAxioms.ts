import { Deadline } from '../../explore/limits.ts';
import { Addresses } from '../addresses.ts';
import type { Decision } from '../decide.ts';
import { type FinalState, holdsIn } from '../holds.ts';
import type { LitmusTest } from '../syntax.ts';
import type { Candidate, ThreadRun } from './candidate.ts';
import { searchCandidates } from './candidates.ts';
import { checkLkmm } from './lkmm.ts';
import { hasDataRace } from './lkmmRaces.ts';
import { initialValues, possibleRuns } from './possibleRuns.ts';
import { OutOfTime } from './threadRuns.ts';
import { TooManyRuns } from './tooManyRuns.ts';

/** A consistent execution has no meaning. */
class Meaningless extends Error {}

/**
 * Decides a test as herd does: by enumerating candidate executions, and asking the axioms of the
 * LKMM which of them are consistent. It runs nothing.
 */
export function decideByAxioms(test: LitmusTest, seconds: number): Decision {
  let search: AxiomaticSearch | undefined;
  try {
    search = new AxiomaticSearch(test, seconds);
    const has = search.finds(true);
    const hasNot = search.finds(false);
    return {
      verdict: has ? (hasNot ? 'Sometimes' : 'Always') : hasNot ? 'Never' : 'DEADLOCK',
      why: null,
      states: search.candidates,
      races: search.races,
    };
  } catch (error) {
    if (error instanceof TooManyRuns || error instanceof Meaningless)
      return { verdict: null, why: error.message, states: search?.candidates ?? 0 };
    if (!(error instanceof OutOfTime)) throw error;
    return { verdict: null, why: `${seconds} seconds`, states: search?.candidates ?? 0 };
  }
}

class AxiomaticSearch {
  candidates = 0;
  races = false;
  private readonly test: LitmusTest;
  private readonly addresses: Addresses;
  private readonly runs: readonly (readonly ThreadRun[])[];
  private readonly deadline: Deadline;
  private readonly hasPlain: boolean;

  constructor(test: LitmusTest, seconds: number) {
    this.test = test;
    this.addresses = new Addresses(test);
    this.deadline = new Deadline(seconds);
    this.runs = possibleRuns(test, this.addresses, this.deadline);
    this.hasPlain = this.runs.flat().some(({ events }) => events.some(({ label }) => label === 'plain'));
  }

  /**
   * Whether a consistent execution passes the filter and satisfies the condition, or does not.
   * Looks for data races in all of them, if there are plain accesses.
   */
  finds(wanted: boolean): boolean {
    let found = false;
    searchCandidates(this.runs, initialValues(this.test, this.addresses), {
      isPromising: (runs) => {
        if (this.deadline.over) throw new OutOfTime();
        return this.mayEnd(wanted, this.stateOf(runs));
      },
      isConsistent: (partial) => {
        if (this.deadline.over) throw new OutOfTime();
        return !('violated' in checkLkmm(partial));
      },
      visit: (candidate, runs) => {
        this.candidates++;
        if (this.deadline.over) throw new OutOfTime();
        if (!this.mayEnd(wanted, this.stateOf(runs, candidate))) return false;
        const order = checkLkmm(candidate);
        if ('violated' in order) return false;
        const meaningless = runs.find(({ undefinedBehaviour }) => undefinedBehaviour !== null);
        if (meaningless) throw new Meaningless(meaningless.undefinedBehaviour!);
        found = true;
        if (this.hasPlain) this.races ||= hasDataRace(order);
        return !this.hasPlain || this.races;
      },
    });
    return found;
  }

  /** Whether the condition may still be as wanted, with the values that are known. */
  private mayEnd(wanted: boolean, state: FinalState): boolean {
    const { filter, condition } = this.test;
    if (filter !== null && holdsIn(filter, state, this.addresses) === false) return false;
    return holdsIn(condition, state, this.addresses) !== !wanted;
  }

  /** What is known of the final state after the runs of the first threads. */
  private stateOf(runs: readonly ThreadRun[], candidate?: Candidate): FinalState {
    const { threads, variables } = this.test;
    return (place) => {
      if ('thread' in place) {
        const i = threads.findIndex(({ number }) => number === place.thread);
        const local = [...threads[i].locals.keys()].indexOf(place.local);
        return runs[i]?.locals[local];
      }
      if (candidate === undefined) return undefined;
      const last = candidate.coherence.get(this.addresses.of(place.variable))?.at(-1);
      if (last !== undefined) return candidate.events[last].value;
      return this.addresses.number(variables.find(({ name }) => name === place.variable)!.initial);
    };
  }
}
