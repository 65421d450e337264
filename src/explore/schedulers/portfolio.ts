import type { Scheduler, SchedulerView } from './scheduler.ts';

/**
 * Several schedulers in turn, by the execution's number: no single one is best for all bugs (Deligiannis et al., "Industrial-Strength
 * Controlled Concurrency Testing for C# Programs with Coyote", TACAS 2023, runs such a portfolio).
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
