import { noLimits } from '../../src/explore/limits.ts';
import { createExecution } from '../../src/explore/memoryModels/registry.ts';
import { optimalDpor } from '../../src/explore/optimalDpor/optimalDpor.ts';
import type { Program } from '../../src/explore/program.ts';
import { depthFirstSearch, type ScheduleBound } from '../../src/explore/search/dfs.ts';
import type { PropertyChecker } from '../../src/explore/search/searchProgress.ts';
import { TraceCounter } from '../../src/explore/search/traceCounter.ts';
import type { Cell } from '../../src/memory/cell.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';

/** The operation of a litmus thread, over cells by name. */
export type Run = (mem: Memory, cell: (name: string) => Cell) => unknown;

/**
 * Parses the threads of a program: `Wx1;Ry | Wy1;Rx`. `W` stores a number, `R` loads, `A` adds one.
 * Cells are letters; they have 32 bits and are initially 0.
 */
export function threadsOf(text: string): Run[] {
  return text.split('|').map((thread) => {
    const steps = thread.split(';').map((step) => {
      const found = /^([WRA])([a-z])(\d*)$/.exec(step.trim());
      if (found === null) throw new SyntaxError(`${step} is no step`);
      return { kind: found[1], name: found[2], value: Number(found[3]) };
    });
    return (mem, cell) =>
      steps.map(({ kind, name, value }) => {
        if (kind === 'R') return mem.load(cell(name));
        return kind === 'A' ? mem.fetchAdd(cell(name), 1) : mem.store(cell(name), value);
      });
  });
}

export function programOf(threads: readonly Run[]): Program {
  const layout = new Layout();
  const cells = new Map([...'abcdefghijklmnopqrstuvwxyz'].map((name) => [name, layout.cell(name, 'u32')]));
  return {
    layout,
    init: () => {},
    actors: threads.map((run, i) => ({
      name: `thread${i}`,
      operations: [{ label: 'run', run: (mem) => run(mem, (name) => cells.get(name)!) }],
    })),
  };
}

/** A checker without properties: it accepts every execution. */
export const lenient: PropertyChecker = {
  atEnd: () => undefined,
  key: () => '',
  resultsMatter: true,
  sees: () => false,
};

export const STEPS_MAX = 1000;

/** Explores with Optimal-DPOR, optionally within a preemption bound. */
export function optimal(program: Program, preemptions?: number) {
  const execution = createExecution('sc', program, STEPS_MAX);
  const classes = new TraceCounter(execution);
  const { executions, blocked, limit } = optimalDpor(execution, lenient, noLimits, {
    classes,
    ...(preemptions !== undefined && { preemptions }),
  });
  return { executions, blocked, limit, classes: classes.seen.size };
}

/** Explores all interleavings. */
export function interleavings(program: Program, bound?: ScheduleBound) {
  const execution = createExecution('sc', program, STEPS_MAX);
  const classes = new TraceCounter(execution);
  const options = bound === undefined ? { classes } : { classes, bound };
  const { executions, blocked, limit } = depthFirstSearch(execution, lenient, noLimits, options);
  return { executions, blocked, limit, classes: classes.seen.size, readsFrom: classes.readsFrom.size };
}

/** All permutations of a list. */
export function* permutations<T>(list: readonly T[]): Generator<T[]> {
  if (list.length === 0) yield [];
  for (let i = 0; i < list.length; i++) for (const rest of permutations(list.toSpliced(i, 1))) yield [list[i], ...rest];
}

export const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
