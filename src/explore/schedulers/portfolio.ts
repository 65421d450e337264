import type { Scheduler, SchedulerView } from './scheduler.ts';

/**
 * Uses several schedulers in turn, by the number of the execution: none is best for all bugs.
 * Coyote runs such a portfolio (Deligiannis et al., "Industrial-Strength Controlled Concurrency
 * Testing for C# Programs with Coyote", TACAS 2023).
 */
export class Portfolio implements Scheduler {
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

  next(view: SchedulerView): number {
    return this.current.next(view);
  }

  chooseReadsFrom(count: number): number {
    return this.current.chooseReadsFrom(count);
  }
}
