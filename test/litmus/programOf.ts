import type { Program } from '../../src/explore/program.ts';
import type { Cell, Lock } from '../../src/memory/cell.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import {
  cellsOf,
  isMutex,
  type Litmus,
  locksOf,
  type Registers,
  registersOf,
  type Step,
  type Value,
} from './litmus.ts';

/**
 * The test as a program: each thread is one operation that returns its registers. The cells are the
 * first places, in the order of `cellsOf`.
 *
 * @param plain relaxed loads and stores are plain accesses.
 */
export function programOf(test: Litmus, plain = false): Program {
  const layout = new Layout();
  const cells = new Map(cellsOf(test).map((name) => [name, layout.cell(name, 'u32')]));
  const locks = new Map(locksOf(test).map((name) => [name, layout.lock(name, isMutex(name) ? 'mutex' : 'spinlock')]));
  return {
    layout,
    init: () => {},
    actors: test.threads.map((steps, t) => ({
      name: `thread${t}`,
      operations: [{ label: 'run', run: (mem: Memory) => perform(mem, steps, cells, locks, plain) }],
    })),
  };
}

function perform(
  mem: Memory,
  steps: readonly Step[],
  cells: ReadonlyMap<string, Cell>,
  locks: ReadonlyMap<string, Lock>,
  plain: boolean,
): Registers {
  const registers = new Map<string, number>();
  const numberOf = (value: Value): number => (typeof value === 'number' ? value : (registers.get(value) ?? 0));
  for (const step of steps) {
    if (step.kind === 'if') {
      if (registers.get(step.register) !== step.is) break;
    } else if ('lock' in step) mem[step.kind](locks.get(step.lock)!);
    else if (step.kind === 'fence') mem.fence(step.order);
    else if (!('cell' in step)) mem[step.kind]();
    else if ('into' in step) registers.set(step.into, read(mem, step, cells.get(step.cell)!, numberOf, plain));
    else {
      const [cell, value] = [cells.get(step.cell)!, numberOf(step.value)];
      if (step.kind === 'storeSeqCst') mem.store(cell, value, 'seq_cst');
      else if (step.kind === 'store' && plain) mem.write(cell, value);
      else mem[step.kind](cell, value);
    }
  }
  return registersOf(steps).map((name) => registers.get(name) ?? null);
}

type Read = Extract<Step, { into: string }>;

function read(mem: Memory, step: Read, cell: Cell, numberOf: (value: Value) => number, plain: boolean): number {
  switch (step.kind) {
    case 'loadSeqCst':
      return mem.load(cell, 'seq_cst');
    case 'load':
      return plain ? mem.read(cell) : mem.load(cell);
    case 'loadAcquire':
      return mem.loadAcquire(cell);
    case 'cmpxchg':
      return mem.cmpxchg(cell, step.expected, numberOf(step.value), step.order);
    default:
      return mem[step.kind](cell, numberOf(step.value), step.order);
  }
}
