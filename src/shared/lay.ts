import { markConstant } from '../loops/snapshot.ts';
import type { Cell, Cell64 } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';
import { type BufferRules, keyOf, type NeededCell, StandInBuffer } from './buffer.ts';
import { viewStateOf } from './viewState.ts';

/** Initial values that are not zero. */
export type InitialBits = readonly (readonly [Cell | Cell64, number | bigint])[];

/** Lays the cells that the views of some buffers need. Returns the initial values. */
export function layBuffers(
  layout: Layout,
  buffers: readonly StandInBuffer[],
  shared: unknown,
  rules: BufferRules,
): InitialBits {
  return buffers.flatMap((buffer, i) => {
    const name = nameOf(buffer, shared) ?? `buffer${i}`;
    const base = layout.region(Math.max(8, buffer.initial.byteLength));
    const halves = rules.tearing ? halvesOf(buffer) : [];
    for (const half of halves)
      if (!buffer.needed.has(keyOf(half.offset, 4))) buffer.needed.set(keyOf(half.offset, 4), half);
    const all = [...buffer.needed.values()].sort((a, b) => a.bytes - b.bytes || a.offset - b.offset);
    const widths = new Set(all.map(({ bytes }) => bytes));
    const cells = new Map<number, Cell | Cell64>();
    const initial = all.flatMap(({ offset, bytes, type }): InitialBits => {
      const label = `${name}${widths.size > 1 ? `.${type}` : ''}[${offset / bytes}]`;
      const cell =
        bytes === 8
          ? layout.cell64(label, base + offset, type === 'i64')
          : layout.cell(label, type as 'u8', base + offset);
      markConstant(cell);
      cells.set(keyOf(offset, bytes), cell);
      const own = { ...cell, offset };
      const bits = own.kind === 'cell64' ? buffer.setup.load64(own) : buffer.setup.load(own);
      return BigInt(bits) === 0n ? [] : [[cell, bits]];
    });
    buffer.lay(cells, rules);
    return initial;
  });
}

const halvesOf = ({ needed }: StandInBuffer): NeededCell[] =>
  [...needed.values()]
    .filter(({ bytes }) => bytes === 8)
    .flatMap(({ offset }) => [offset, offset + 4].map((at): NeededCell => ({ offset: at, bytes: 4, type: 'u32' })));

/** The name of the property of what a setup returned that holds a buffer or a view of it. */
function nameOf(buffer: StandInBuffer, shared: unknown): string | undefined {
  if (typeof shared !== 'object' || shared === null) return undefined;
  const isIt = (value: unknown): boolean =>
    value === buffer ||
    viewStateOf(value)?.buffer === buffer ||
    (value as { buffer?: unknown } | null)?.buffer === buffer;
  if (isIt(shared)) return 'shared';
  for (const [key, value] of Object.entries(shared)) if (isIt(value)) return key;
  for (const [key, value] of Object.entries(shared))
    if (typeof value === 'object' && value !== null && !(value instanceof StandInBuffer))
      for (const [inner, of] of Object.entries(value)) if (isIt(of)) return `${key}.${inner}`;
  return undefined;
}
