import type { Program } from '../src/explore/program.ts';
import { assume, check } from '../src/memory/assume.ts';
import type { Cell, Cell64, Lock } from '../src/memory/cell.ts';
import { Layout } from '../src/memory/layout.ts';
import type { Memory } from '../src/memory/memory.ts';
import { type Instruction, NEXT, type ProgramShape, SHAPES } from './arbitraries/program.ts';

/** The program that `shape` describes. Without `checks`, every `check` passes. */
export function programOf({ shape, threads }: ProgramShape, checks: boolean): Program {
  const layout = new Layout();
  layout.region(8);
  const cells = SHAPES[shape].map(([type, at], i) =>
    type === 'u64' ? layout.cell64(`c${i}`, at) : layout.cell(`c${i}`, type, at),
  );
  const locks = [layout.lock('m', 'mutex'), layout.lock('n', 'mutex')];
  return {
    layout,
    init: () => {},
    actors: threads.map((operations, t) => ({
      name: `thread${t}`,
      operations: operations.map(({ asks, body }, i) => {
        const run = (mem: Memory, before: unknown): number[] => {
          const seen = [(before as number[] | undefined)?.at(-1) ?? 0];
          perform(mem, body, cells, locks, seen, checks);
          return seen;
        };
        return { label: `op${i}`, run: asks ? run : (mem: Memory) => run(mem, undefined) };
      }),
    })),
  };
}

function perform(
  mem: Memory,
  body: readonly Instruction[],
  cells: readonly (Cell | Cell64)[],
  locks: readonly Lock[],
  seen: number[],
  checks: boolean,
): void {
  const last = (): number => seen[seen.length - 1];
  for (const made of body) {
    if ('body' in made) {
      if (made.do === 'locked') {
        mem.lock(locks[made.lock]);
        perform(mem, made.body, cells, locks, seen, checks);
        mem.unlock(locks[made.lock]);
      } else if ((last() === made.value) !== made.not) perform(mem, made.body, cells, locks, seen, checks);
    } else if (made.do === 'assume') assume((last() === made.value) !== made.not);
    else if (made.do === 'check') check(!checks || (last() === made.value) !== made.not, 'checked');
    else if (made.do === 'choose') seen.push(mem.choose(made.count));
    else if ('cell' in made) {
      const cell = cells[made.cell];
      if (made.do === 'spin') {
        const other = made.other === undefined ? undefined : cells[made.other];
        // Only the last value is returned: the operation does not know the number of iterations.
        let now = read(mem, cell);
        while (now === made.value) {
          if (other !== undefined) read(mem, other);
          now = read(mem, cell);
        }
        seen.push(now);
        continue;
      }
      const value = 'value' in made ? (made.value === NEXT ? last() + 1 : made.value) : 0;
      if (made.do === 'wake some') seen.push(mem.wake(cell, made.count));
      else if (made.do === 'wait for' || made.do === 'timed wait') {
        const timeout = made.do === 'wait for' ? Infinity : 10;
        const expected = cell.kind === 'cell64' ? wide(made.expected) : made.expected;
        seen.push(RESULTS.indexOf(mem.wait(cell as Cell, expected as number, timeout)));
      } else if (cell.kind === 'cell64') perform64(mem, made, cell, value, seen);
      else if (made.do === 'load') seen.push(read(mem, cell));
      else if (made.do === 'store') mem.store(cell, value);
      else if (made.do === 'xchg') seen.push(mem.xchg(cell, value));
      else if (made.do === 'add') seen.push(mem.fetchAdd(cell, value));
      else if (made.do === 'sub') seen.push(mem.fetchSub(cell, value));
      else if (made.do === 'xor') seen.push(mem.fetchXor(cell, value));
      else if (made.do === 'cmpxchg') seen.push(mem.cmpxchg(cell, made.expected, made.value));
      else if (made.do === 'cmpxchg spin') while (mem.cmpxchg(cell, value, value + 1) !== value);
      else if (made.do === 'wait') seen.push(mem.wait(cell, made.expected) ? 1 : 0);
      else mem.wake(cell);
    }
  }
}

const RESULTS = ['not-equal', 'ok', 'timed-out'];
const wide = (value: number): bigint => BigInt(value) * 0x1_0000_0001n;

function perform64(mem: Memory, made: Instruction, cell: Cell64, value: number, seen: number[]): void {
  const of = wide(value);
  if (made.do === 'store') mem.store64(cell, of);
  else if (made.do === 'xchg') seen.push(short(mem.xchg64(cell, of)));
  else if (made.do === 'add') seen.push(short(mem.fetchAdd64(cell, of)));
  else if (made.do === 'sub') seen.push(short(mem.fetchSub64(cell, of)));
  else if (made.do === 'xor') seen.push(short(mem.fetchXor64(cell, of)));
  else if (made.do === 'cmpxchg') seen.push(short(mem.cmpxchg64(cell, wide(made.expected), of)));
  else if (made.do === 'wake') mem.wake(cell, Infinity);
  else seen.push(read(mem, cell));
}

const read = (mem: Memory, cell: Cell | Cell64): number =>
  cell.kind === 'cell64' ? short(mem.load64(cell)) : mem.load(cell);

function short(value: bigint): number {
  return Number((value & 0xffff_ffffn) + 1000n * (value >> 32n));
}
