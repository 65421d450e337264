import type { Operation, Program } from '../explore/program.ts';
import type { Cell } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import { type Halves, TearingMemory } from '../memory/tearing.ts';

/** A program whose plain 64-bit stores are two of 32 bits each, the lower half first: `--tearing`. */
export function torn(program: Program): Program {
  const { layout, halves } = halved(program.layout);
  const tear = ({ run, ...operation }: Operation): Operation =>
    run.length > 1
      ? { ...operation, run: (mem, before) => run(new TearingMemory(mem, halves), before) }
      : { ...operation, run: (mem) => run(new TearingMemory(mem, halves)) };
  const actors = program.actors.map((actor) => ({ ...actor, operations: actor.operations.map(tear) }));
  return { ...program, layout, actors };
}

function halved(layout: Layout): { layout: Layout; halves: Halves } {
  const larger = Layout.copy(layout);
  const halves = new Map<number, readonly [Cell, Cell]>();
  for (const { kind, id, name, offset } of layout.places) {
    if (kind !== 'cell64') continue;
    halves.set(id, [larger.cell(`${name}.low`, 'u32', offset), larger.cell(`${name}.high`, 'u32', offset + 4)]);
  }
  return { layout: larger, halves };
}
