import type { Operation, Program } from '../explore/program.ts';
import type { Cell } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import { type Halves, TearingMemory } from '../memory/tearing.ts';

/** Splits each plain 64-bit store of a program into two stores of 32 bits, the lower half first. */
export function tearStores(program: Program): Program {
  const { layout, halves } = splitCells(program.layout);
  const actors = program.actors.map((actor) => {
    const tearingOf = tearingMemories(halves);
    const tear = ({ run, ...operation }: Operation): Operation =>
      run.length > 1
        ? { ...operation, run: (mem, before) => run(tearingOf(mem), before) }
        : { ...operation, run: (mem) => run(tearingOf(mem)) };
    return { ...actor, operations: actor.operations.map(tear) };
  });
  return { ...program, layout, actors };
}

/**
 * A `TearingMemory` for each memory. The last one is kept, because the operations of an actor have
 * the same memory.
 */
function tearingMemories(halves: Halves): (mem: Memory) => TearingMemory {
  let last: Memory | undefined;
  let tearing: TearingMemory | undefined;
  return (mem) => {
    if (tearing === undefined || last !== mem) {
      tearing = new TearingMemory(mem, halves);
      last = mem;
    }
    return tearing;
  };
}

/** Adds two cells of 32 bits for the halves of each 64-bit cell. */
function splitCells(layout: Layout): { layout: Layout; halves: Halves } {
  const extended = Layout.copy(layout);
  const halves = new Map<number, readonly [Cell, Cell]>();
  for (const { kind, id, name, offset } of layout.places) {
    if (kind !== 'cell64') continue;
    halves.set(id, [extended.cell(`${name}.low`, 'u32', offset), extended.cell(`${name}.high`, 'u32', offset + 4)]);
  }
  return { layout: extended, halves };
}
