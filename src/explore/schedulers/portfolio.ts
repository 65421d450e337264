import type { Scheduler, View } from '../scheduler.ts';
import { Pct } from './pct.ts';
import { RandomWalk } from './randomWalk.ts';

/**
 * Several schedulers in turn, by the execution's number: no single one is best for all bugs (Deligiannis et al., "Industrial-Strength
 * Controlled Concurrency Testing for C# Programs with Coyote", TACAS 2023, runs such a portfolio).
 */
class Portfolio implements Scheduler {
  private readonly members: readonly Scheduler[];
  private current: Scheduler;

  constructor(members: readonly Scheduler[]) {
    this.members = members;
    this.current = members[0];
  }

  begin(index: number): void {
    this.current = this.members[index % this.members.length];
    this.current.begin(index);
  }

  next(view: View): number {
    return this.current.next(view);
  }
}

/** Random walk, and PCT for bugs of depth 2, 3 and 5. */
export function portfolio(seed: number, threads: number, steps: number): Scheduler {
  return new Portfolio([new RandomWalk(seed), ...[2, 3, 5].map((depth) => new Pct(seed, depth, threads, steps))]);
}
