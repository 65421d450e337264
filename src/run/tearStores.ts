import type { Program } from '../explore/program.ts';
import { wrapMemory } from '../explore/wrapMemory.ts';
import type { Cell } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import { type Halves, TearingMemory } from '../memory/tearing.ts';

/** Splits each plain 64-bit store of a program into two stores of 32 bits, the lower half first. */
export function tearStores(program: Program): Program {
  const { layout, halves } = splitCells(program.layout);
  return { ...wrapMemory(program, (mem) => new TearingMemory(mem, halves)), layout };
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
