import { CLASSES_MAX, NumberSet } from './classes.ts';
import type { Limits } from './limits.ts';
import type { Done, Part, Plan } from './parts.ts';
import { Tally } from './search.ts';

/** Parts of a round, and executions of a part: few at first, so that there is soon something for everybody. */
const PARTS = 64;
const FEW = 8;
const [SHORT, LONG] = [32, 256];

/**
 * A search, round by round: in each, some parts are done up to a budget, in any order or at the same time; then what was done is taken in, in the order of the
 * parts. What is done depends on neither the number of workers nor their speed.
 */
export class Rounds {
  readonly tally: Tally;
  /** The last part that was taken in: the one with the violation, where there is one. */
  last: Done | undefined;
  readonly classes = new NumberSet();
  readonly readsFrom = new NumberSet();
  private readonly plan: Plan;

  constructor(plan: Plan, limits: Limits) {
    this.plan = plan;
    this.tally = new Tally(limits);
  }

  /** The parts of the next round, and the limits of each; none when the search is over. */
  next(): { readonly parts: readonly Part[]; readonly limits: Limits } {
    const { tally } = this;
    if (tally.violation !== undefined || tally.limit !== undefined || tally.overNow()) return NOTHING;
    const { executionsLeft: executions, secondsLeft: seconds } = tally;
    const parts = this.plan.next(Math.min(PARTS, executions), executions);
    const budget = Math.min(parts.length < FEW ? SHORT : LONG, Math.floor(executions / Math.max(1, parts.length)));
    return { parts, limits: { executions: budget, seconds, bytes: Infinity } };
  }

  /** Does all of them here, one after the other. */
  run(doer: { do(part: Part, limits: Limits): Done }): void {
    for (let { parts, limits } = this.next(); parts.length > 0; { parts, limits } = this.next()) {
      const done: Done[] = [];
      for (const part of parts) {
        const seconds = this.tally.secondsLeft;
        if (seconds <= 0) break;
        done.push(doer.do(part, { ...limits, seconds }));
        if (done[done.length - 1].violation !== undefined) break;
      }
      this.took(parts, done);
    }
  }

  /** Takes in what was done of the parts, in their order. After a violation there may be fewer. */
  took(parts: readonly Part[], done: readonly Done[]): void {
    const { tally, plan } = this;
    for (let i = 0; i < done.length && tally.violation === undefined; i++) {
      // The budget of a part is no limit of the search; what is left says so.
      tally.add({
        ...done[i],
        states: 0,
        limit: done[i].cut > 0 && parts[i].kind !== 'draws' ? done[i].limit : undefined,
      });
      this.last = done[i];
      if (this.classes.size < CLASSES_MAX) for (const seen of done[i].classes) this.classes.add(seen);
      if (this.readsFrom.size < CLASSES_MAX) for (const seen of done[i].readsFrom) this.readsFrom.add(seen);
      plan.took(parts[i], done[i]);
    }
  }
}

const NOTHING = { parts: [], limits: { executions: 0, seconds: 0, bytes: 0 } };
