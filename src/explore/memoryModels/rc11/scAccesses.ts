import { isFence, isWrite, kindOf, placeOf } from '../../../memory/kinds.ts';
import type { Execution } from '../../execution/execution.ts';
import type { CoherenceOrder } from '../coherenceOrder.ts';
import type { ScAccess, ScEvent } from './scEvent.ts';
import type { MessageView, Views } from './threadView.ts';

/** The steps of an execution, as `ScAccesses` asks about them. */
export interface ScSteps {
  readonly execution: Execution;
  readonly views: Views;
  readonly stores: CoherenceOrder;
  /** By place: its locations. */
  readonly locationsOf: readonly (readonly number[])[];
  readonly stepsOf: readonly (readonly number[])[];
  readonly nth: readonly number[];
  /** What happens before a step, itself included. */
  viewAfter(step: number): MessageView;
}

/**
 * The edges of psc that seq_cst accesses have. An access comes before an event y if it is
 * scb-before y or, if y is a fence, something that happens before y; and vice versa. scb is program
 * order, happens-before of one location, coherence order, from-read, and happens-before from a
 * later access to an earlier access (Lahav et al., PLDI 2017, section 3.3). As GenMC 0.11 has it,
 * those two may be of any location, and a read-modify-write is a load and a later store.
 */
export class ScAccesses {
  private readonly steps: ScSteps;

  constructor(steps: ScSteps) {
    this.steps = steps;
  }

  /** Whether an access has read or made the last stores of its locations. */
  isLast({ reads, made }: ScAccess): boolean {
    const { rank, order, location } = this.steps.stores;
    return (made.length > 0 ? made : reads).every((store) => rank[store] === order[location[store]].length - 1);
  }

  /** Whether an access comes before an event of the past, by coherence order or from-read. */
  isAfter(access: ScAccess, { access: other, view }: ScEvent): boolean {
    if (other === undefined) return this.isBeforeFence(access, view);
    const { rank } = this.steps.stores;
    return access.locations.some((location, i) => {
      const store = other.made[other.locations.indexOf(location)];
      return store !== undefined && store !== access.made[i] && rank[store] > this.rankBefore(access, i);
    });
  }

  /** Whether event `n` of thread `u`, another one, comes before an access. */
  isBefore({ access: other, reads, writes }: ScEvent, u: number, n: number, access: ScAccess): boolean {
    if (other !== undefined) return this.isAccessBefore(other, access);
    const { rank } = this.steps.stores;
    const at = this.steps.views.fences(u);
    if (n <= access.before[at]) return true;
    const isCoherenceBefore = access.after.some((_, i) => {
      const location = access.locations[i];
      const last = this.rankBefore(access, i);
      const isUpTo = (store: number): boolean => store >= 0 && rank[store] <= last;
      return isUpTo(reads[location]) || isUpTo(writes[location]);
    });
    if (isCoherenceBefore) return true;
    return n <= access.view[at] && this.hasStepBetween(access, (s) => this.steps.viewAfter(s)[at] >= n);
  }

  /**
   * Whether a store that happens before a fence comes after an access in coherence order, or
   * overwrites what it read. Where the access itself happens before the fence, there is an edge,
   * too. It is left out: what comes before the access comes before such a fence without it.
   */
  isBeforeFence(access: ScAccess, view: MessageView): boolean {
    const { rank } = this.steps.stores;
    return access.locations.some((location, i) => {
      const from = this.rankBefore(access, i);
      return rank[view[location]] > from && this.knowsLaterWrite(view, location, from, access.made[i]);
    });
  }

  /** Adds to a view what the access stored. */
  join(view: MessageView, { made }: ScAccess): MessageView {
    const { location, rank } = this.steps.stores;
    const joined = view.slice();
    for (const store of made) if (rank[store] > rank[joined[location[store]]]) joined[location[store]] = store;
    return joined;
  }

  /** Whether an access stored to a location, after `from` in coherence order. */
  knows({ made, locations }: ScAccess, location: number, from: number): boolean {
    const store = made[locations.indexOf(location)];
    return store !== undefined && this.steps.stores.rank[store] > from;
  }

  private isAccessBefore(a: ScAccess, b: ScAccess): boolean {
    const { stepsOf, stores } = this.steps;
    const isSame = a.locations.some((location) => b.locations.includes(location));
    if (isSame && this.isKnown(stepsOf[a.thread][a.nth - 1], b.view)) return true;
    const isCoherenceBefore = b.after.some((_, j) => {
      const i = a.locations.indexOf(b.locations[j]);
      if (i < 0) return false;
      const last = this.rankBefore(b, j);
      return [a.reads[i], a.made[i]].some((store) => store !== undefined && stores.rank[store] <= last);
    });
    if (isCoherenceBefore) return true;
    const later = stepsOf[a.thread][isUpdate(a) ? a.nth - 1 : a.nth];
    if (later === undefined) return false;
    if (isUpdate(b)) return this.isKnown(later, b.view);
    const earlier = stepsOf[b.thread][b.nth - 2];
    return earlier !== undefined && this.isKnown(later, this.steps.viewAfter(earlier));
  }

  /** The rank of the store that an access reads, or that its own comes right after. */
  private rankBefore({ reads, after, made }: ScAccess, i: number): number {
    const { rank } = this.steps.stores;
    if (made.length > 0) return rank[made[i]] - 1;
    return rank[after.length > 0 ? after[i] : reads[i]];
  }

  /**
   * Whether a store of a location after `from`, other than `own`, happens before what has `view`.
   */
  private knowsLaterWrite(view: MessageView, location: number, from: number, own: number | undefined): boolean {
    const { order, step } = this.steps.stores;
    const stores = order[location];
    for (let r = stores.length - 1; r > from && r > 0; r--)
      if (stores[r] !== own && this.isKnown(step[stores[r]], view)) return true;
    return false;
  }

  /**
   * Whether a step of another thread, to a location of `access` unless that is a read-modify-write,
   * happens before it and is one of `holds`.
   */
  private hasStepBetween(access: ScAccess, holds: (step: number) => boolean): boolean {
    return this.candidatesFor(access).some(
      (s) => this.steps.execution.schedule[s] !== access.thread && this.isKnown(s, access.view) && holds(s),
    );
  }

  /** The steps that may stand between an access and another event. */
  private candidatesFor(access: ScAccess): number[] {
    const found: number[] = [];
    for (let s = 0; s < this.count; s++) if (isUpdate(access) || this.isAt(s, access.locations)) found.push(s);
    return found;
  }

  /** How many steps there are, with the one that is being taken. */
  private get count(): number {
    return this.steps.stepsOf.reduce((sum, own) => sum + own.length, 0);
  }

  /** Whether a step accesses one of these locations. A fence does not. */
  private isAt(s: number, locations: readonly number[]): boolean {
    const code = this.steps.execution.footprints[s];
    return !isFence(kindOf(code)) && this.steps.locationsOf[placeOf(code)].some((a) => locations.includes(a));
  }

  /** Whether step `s` happens before what has `view`. */
  private isKnown(s: number, view: MessageView): boolean {
    const { execution, views, nth } = this.steps;
    const thread = execution.schedule[s];
    const at = isWrite(kindOf(execution.footprints[s])) ? views.writes(thread) : views.reads(thread);
    return view[at] >= nth[s];
  }
}

const isUpdate = ({ reads, after }: ScAccess): boolean => reads.length > 0 && after.length > 0;
