import type { Execution } from '../../src/explore/execution/execution.ts';
import { createExecution } from '../../src/explore/memoryModels/registry.ts';
import type { Program } from '../../src/explore/program.ts';
import { StrictReplayScheduler } from '../../src/explore/schedulers/replay.ts';
import type { Scheduler } from '../../src/explore/schedulers/scheduler.ts';
import { TraceCounter } from '../../src/explore/search/traceCounter.ts';
import type { Cell } from '../../src/memory/cell.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';

/** A program from text: `Wx;Ry | Wy;Rx`. Letters are cells; each write stores another value. */
export function litmus(text: string): Program {
  const layout = new Layout();
  const cells = new Map<string, Cell>();
  for (const [, name] of text.matchAll(/[WR](\w)/g)) if (!cells.has(name)) cells.set(name, layout.cell(name, 'u32'));
  let value = 0;
  const actors = text.split('|').map((thread, i) => {
    const accesses = thread.split(';').map((access) => {
      const [, kind, name] = /([WR])(\w)/.exec(access)!;
      return { cell: cells.get(name)!, value: kind === 'W' ? ++value : 0 };
    });
    const run = (mem: Memory): void => {
      for (const { cell, value } of accesses) {
        if (value === 0) mem.load(cell);
        else mem.store(cell, value);
      }
    };
    return { name: `t${i}`, operations: [{ label: 'all', run }] };
  });
  return { layout, init: () => {}, actors };
}

/** Runs execution number `index`. Returns its schedule as text. */
export function draw(execution: Execution, scheduler: Scheduler, index: number): string {
  scheduler.begin(index);
  execution.reset();
  execution.run(scheduler);
  return execution.schedule.subarray(0, execution.steps).join('');
}

/** Counts how often each schedule is sampled. */
export function counted(execution: Execution, scheduler: Scheduler, executions: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < executions; i++) {
    const schedule = draw(execution, scheduler, i);
    counts.set(schedule, (counts.get(schedule) ?? 0) + 1);
  }
  return counts;
}

/**
 * All schedules of threads with the given numbers of steps, and their probabilities. `weight` says
 * how likely a thread is to be next.
 */
export function exactly(steps: readonly number[], weight: (left: number) => number): Map<string, number> {
  const all = new Map<string, number>();
  const visit = (schedule: string, left: readonly number[], probability: number): void => {
    const sum = left.reduce((a, n) => a + (n > 0 ? weight(n) : 0), 0);
    if (sum === 0) all.set(schedule, probability);
    for (const [t, n] of left.entries())
      if (n > 0) visit(`${schedule}${t}`, left.with(t, n - 1), (probability * weight(n)) / sum);
  };
  visit('', steps, 1);
  return all;
}

/** Sums probabilities or counts by happens-before class. */
export function byClass(program: Program, schedules: ReadonlyMap<string, number>): Map<number, number> {
  const execution = createExecution('sc', program, 1000);
  const classes = new TraceCounter(execution);
  const sums = new Map<number, number>();
  for (const [schedule, n] of schedules) {
    draw(execution, new StrictReplayScheduler([...schedule].map(Number)), 0);
    const of = classes.traceHash();
    sums.set(of, (sums.get(of) ?? 0) + n);
  }
  return sums;
}

/**
 * Pearson's chi-square of counts against probabilities. It is divided by the value that it exceeds
 * by chance once in a thousand times (approximation of Wilson and Hilferty, 1931). Above 1, the
 * probabilities are rejected.
 */
export function chiSquare<K>(counts: ReadonlyMap<K, number>, probabilities: ReadonlyMap<K, number>): number {
  let sum = 0;
  for (const n of counts.values()) sum += n;
  let chi = 0;
  for (const [key, probability] of probabilities)
    chi += ((counts.get(key) ?? 0) - sum * probability) ** 2 / (sum * probability);
  const free = probabilities.size - 1;
  return chi / (free * (1 - 2 / (9 * free) + 3.09 * Math.sqrt(2 / (9 * free))) ** 3);
}
