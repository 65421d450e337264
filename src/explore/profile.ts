import { Kind, kindOf, placeOf, reads } from '../memory/memory.ts';
import type { Execution } from './execution.ts';
import { groupsOf, mayWrite } from './races.ts';
import { count, type Scheduler, type View } from './scheduler.ts';
import { Pct } from './schedulers/pct.ts';
import { RandomWalk } from './schedulers/randomWalk.ts';

/** An access in the program: access number `nth` with this code by this thread, from 0. */
export interface Site {
  readonly thread: number;
  readonly code: number;
  readonly nth: number;
}

/** Places that share bytes and that threads race for. */
export interface Shared {
  readonly group: number;
  /** By thread: its accesses to the group in an execution, rounded up. */
  readonly events: readonly number[];
  /** A lock counts as a read: it sees whose unlock came before. */
  readonly reads: readonly Site[];
  readonly writes: readonly Site[];
}

/** What schedulers that draw know of a program beforehand. It is a function of the program and the seed. */
export interface Profile {
  readonly threads: number;
  /** By place: see `groupsOf`. */
  readonly groups: Int32Array;
  /** Steps with a choice, in the longest execution. */
  readonly choices: number;
  /** By thread: its steps in an execution, on average. */
  readonly events: readonly number[];
  readonly shared: readonly Shared[];
}

const EXECUTIONS = 32;
/** No further execution is begun after so many steps in all. */
const STEPS_MAX = 200_000;

/** Runs a few executions, and counts. Nothing is held against them: a bug that they meet is met again, or ends them early. */
export function profileOf(execution: Execution, seed: number): Profile {
  const { observer } = execution;
  execution.observer = null;
  const threads = execution.node.length;
  const groups = groupsOf(execution.places);
  const events = new Array<number>(threads).fill(0);
  const counts = new Counts(groups, threads);
  let choices = 1;
  let executions = 0;
  for (let steps = 0; executions < EXECUTIONS && steps < STEPS_MAX; executions++) {
    const scheduler = executions % 2 === 0 ? new RandomWalk(seed) : new Pct(seed, 2, threads, choices);
    const counting = new Counting(scheduler);
    counting.begin(executions);
    execution.reset();
    execution.run(counting);
    steps += execution.steps;
    choices = Math.max(choices, counting.choices);
    for (let s = 0; s < execution.steps; s++) events[execution.schedule[s]]++;
    counts.add(execution);
  }
  execution.observer = observer;
  return {
    threads,
    groups,
    choices,
    events: events.map((n) => Math.round(n / executions)),
    shared: counts.shared(executions),
  };
}

/** Counts the steps that had a choice. */
class Counting implements Scheduler {
  choices = 0;
  private readonly scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  begin(index: number): void {
    this.scheduler.begin(index);
  }

  next(view: View): number {
    if (count(view.enabled) > 1) this.choices++;
    return this.scheduler.next(view);
  }
}

/** Who accessed what, in order of first appearance. */
class Counts {
  private readonly groups: Int32Array;
  private readonly threads: number;
  /** By group and thread: accesses in all. */
  private readonly events = new Map<number, number[]>();
  /** By thread, code and number: the site. */
  private readonly sites = new Map<string, Site>();

  constructor(groups: Int32Array, threads: number) {
    this.groups = groups;
    this.threads = threads;
  }

  add({ steps, schedule, nodes, tree }: Execution): void {
    const seen = new Map<number, number>();
    for (let s = 0; s < steps; s++) {
      const thread = schedule[s];
      const code = tree.code[nodes[s]];
      const group = this.groups[placeOf(code)];
      const events = this.events.get(group) ?? new Array<number>(this.threads).fill(0);
      this.events.set(group, events);
      events[thread]++;
      const access = code * this.threads + thread;
      const nth = seen.get(access) ?? 0;
      seen.set(access, nth + 1);
      const key = `${access}.${nth}`;
      if (!this.sites.has(key)) this.sites.set(key, { thread, code, nth });
    }
  }

  shared(executions: number): Shared[] {
    const sites = [...this.sites.values()];
    return [...this.events].flatMap(([group, events]) => {
      const here = sites.filter(({ code }) => this.groups[placeOf(code)] === group);
      const writes = here.filter(({ code }) => mayWrite(code));
      if (!writes.some((write) => here.some(({ thread }) => thread !== write.thread))) return [];
      return {
        group,
        events: events.map((n) => Math.ceil(n / executions)),
        reads: here.filter(({ code }) => reads(kindOf(code)) || kindOf(code) === Kind.lock),
        writes,
      };
    });
  }
}
