import { isFence, isRead, Kind, kindOf, placeOf } from '../memory/kinds.ts';
import type { Execution } from './execution/execution.ts';
import { Deadline, isPast } from './limits.ts';
import { aliasGroupOfAccess, aliasGroups, mayWrite } from './schedulers/conflicts.ts';
import { Pct } from './schedulers/pct.ts';
import { RandomWalk } from './schedulers/randomWalk.ts';
import { popcount, type Scheduler, type SchedulerView } from './schedulers/scheduler.ts';

/** An access of the program: the `nth` access, from 0, with this code by this thread. */
export interface AccessSite {
  readonly thread: number;
  readonly code: number;
  readonly nth: number;
}

/** Places that share bytes, and that two threads access, one of them by a write. */
export interface SharedLocations {
  readonly group: number;
  /** By profiling execution and thread: its accesses to the group. */
  readonly events: readonly (readonly number[])[];
  /** A lock counts as a read: it reads the last unlock. */
  readonly reads: readonly AccessSite[];
  readonly writes: readonly AccessSite[];
}

/**
 * What random schedulers know of a program beforehand. It is a function of the program and the
 * seed.
 */
export interface Profile {
  readonly threads: number;
  /** By place: see `aliasGroups`. */
  readonly groups: Int32Array;
  /** The most steps of an execution at which several threads were enabled. */
  readonly choices: number;
  /** By profiling execution and thread: its steps. */
  readonly events: readonly (readonly number[])[];
  readonly shared: readonly SharedLocations[];
}

const EXECUTIONS = 32;
/** After so many steps in all, no further execution begins. */
const STEPS_MAX = 200_000;
/**
 * An execution ends at so many trie nodes: a loop that writes may have no end. The bound is the
 * same for all workers.
 */
const NODES_MAX = 1 << 19;

/**
 * Runs a few executions, in at most `seconds`, and counts their accesses. Properties are not
 * checked: the search meets a bug again.
 */
export function profileOf(execution: Execution, seed: number, seconds = Infinity): Profile {
  const { observer } = execution;
  const { end } = new Deadline(seconds);
  execution.until = end;
  execution.observer = null;
  const threads = execution.node.length;
  const counts = new AccessCounts(threads);
  let choices = 1;
  let executions = 0;
  for (
    let steps = 0;
    executions < EXECUTIONS && steps < STEPS_MAX && execution.tree.size < NODES_MAX && !isPast(end);
    executions++
  ) {
    const scheduler = executions % 2 === 0 ? new RandomWalk(seed) : new Pct(seed, 2, threads, choices);
    const counting = new ChoiceCounter(scheduler, () => execution.tree.size < NODES_MAX);
    counting.begin(executions);
    execution.reset();
    execution.run(counting);
    steps += execution.steps;
    choices = Math.max(choices, counting.choices);
    counts.add(execution);
  }
  execution.observer = observer;
  const groups = aliasGroups(execution.places, counts.places);
  return {
    threads,
    groups,
    choices,
    events: counts.events(() => true),
    shared: counts.shared(groups),
  };
}

/** Counts the steps at which several threads were enabled. */
class ChoiceCounter implements Scheduler {
  choices = 0;
  private readonly scheduler: Scheduler;
  private readonly goesOn: () => boolean;

  constructor(scheduler: Scheduler, goesOn: () => boolean) {
    this.scheduler = scheduler;
    this.goesOn = goesOn;
  }

  begin(index: number): void {
    this.scheduler.begin(index);
  }

  next(view: SchedulerView): number {
    if (!this.goesOn()) return -1;
    if (popcount(view.enabled) > 1) this.choices++;
    return this.scheduler.next(view);
  }

  chooseReadsFrom(count: number): number {
    return this.scheduler.chooseReadsFrom(count);
  }
}

/** How often each thread made each access, by execution. */
class AccessCounts {
  readonly places = new Set<number>();
  private readonly threads: number;
  /** By execution, and code and thread: how many accesses. */
  private readonly accesses: Map<number, number>[] = [];
  private readonly sites = new Map<string, AccessSite>();

  constructor(threads: number) {
    this.threads = threads;
  }

  add({ steps, schedule, nodes, tree }: Execution): void {
    const accesses = new Map<number, number>();
    this.accesses.push(accesses);
    for (let s = 0; s < steps; s++) {
      const thread = schedule[s];
      const code = tree.code[nodes[s]];
      const access = code * this.threads + thread;
      const nth = accesses.get(access) ?? 0;
      accesses.set(access, nth + 1);
      if (isFence(kindOf(code))) continue;
      this.places.add(placeOf(code));
      const key = `${access}.${nth}`;
      if (!this.sites.has(key)) this.sites.set(key, { thread, code, nth });
    }
  }

  /** By execution and thread: how many such accesses. */
  events(such: (code: number) => boolean): number[][] {
    return this.accesses.map((accesses) => {
      const events = new Array<number>(this.threads).fill(0);
      for (const [access, n] of accesses) {
        if (such(Math.floor(access / this.threads))) events[access % this.threads] += n;
      }
      return events;
    });
  }

  shared(groups: Int32Array): SharedLocations[] {
    const byGroup = new Map<number, AccessSite[]>();
    for (const site of this.sites.values()) {
      const group = groups[placeOf(site.code)];
      const sites = byGroup.get(group);
      if (sites === undefined) byGroup.set(group, [site]);
      else sites.push(site);
    }
    return [...byGroup].flatMap(([group, sites]) => {
      const writes = sites.filter(({ code }) => mayWrite(code));
      if (!writes.some((write) => sites.some(({ thread }) => thread !== write.thread))) return [];
      return {
        group,
        events: this.events((code) => aliasGroupOfAccess(groups, code) === group),
        reads: sites.filter(({ code }) => isRead(kindOf(code)) || kindOf(code) === Kind.lock),
        writes,
      };
    });
  }
}
