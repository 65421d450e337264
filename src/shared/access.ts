import type { Cell, Cell64 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import { activity } from './activity.ts';
import type { StandInBuffer } from './buffer.ts';
import type { ElementType } from './elements.ts';

/** The memory that a buffer is in now. */
export function memoryOf(buffer: StandInBuffer): Memory {
  const now = activity();
  if (!buffer.isLaid) return buffer.setup;
  if (now?.mem === undefined)
    throw new TypeError('shared memory of a scenario is used outside of its operations and properties');
  return now.mem;
}

/** An unordered load of ECMA-262. */
export function loadElement(buffer: StandInBuffer, type: ElementType, offset: number): number | bigint {
  const mem = memoryOf(buffer);
  if (!isTorn(buffer, type)) return type.decode(loadBits(mem, buffer, buffer.cell(offset, type.bytes)));
  const low = BigInt.asUintN(32, BigInt(loadBits(mem, buffer, buffer.cell(offset, 4))));
  return type.decode((BigInt(loadBits(mem, buffer, buffer.cell(offset + 4, 4))) << 32n) | low);
}

/** An unordered store of ECMA-262. */
export function storeElement(buffer: StandInBuffer, type: ElementType, offset: number, value: unknown): void {
  const bits = type.encode(value);
  const mem = memoryOf(buffer);
  if (!isTorn(buffer, type)) storeBits(mem, buffer, buffer.cell(offset, type.bytes), bits);
  else {
    storeBits(mem, buffer, buffer.cell(offset, 4), Number((bits as bigint) & 0xffff_ffffn));
    storeBits(mem, buffer, buffer.cell(offset + 4, 4), Number((bits as bigint) >> 32n));
  }
}

/** Whether an access is two, of 32 bits each. */
const isTorn = ({ rules, isLaid }: StandInBuffer, { bytes, mayTear }: ElementType): boolean =>
  bytes === 8 && mayTear && rules.tearing && isLaid;

function loadBits(mem: Memory, { rules }: StandInBuffer, cell: Cell | Cell64): number | bigint {
  if (cell.kind === 'cell64') return rules.races ? mem.read64(cell) : mem.load64(cell);
  return rules.races ? mem.read(cell) : mem.load(cell);
}

function storeBits(mem: Memory, { rules }: StandInBuffer, cell: Cell | Cell64, bits: number | bigint): void {
  if (cell.kind === 'cell64') {
    if (rules.races) mem.write64(cell, bits as bigint);
    else mem.store64(cell, bits as bigint);
  } else if (rules.races) mem.write(cell, bits as number);
  else mem.store(cell, bits as number);
}
