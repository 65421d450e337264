import type { Cell, Cell64 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';

/**
 * Hostile userspace stores `value` in mapped memory: any bytes of a ring, at any width, at any
 * time.
 */
export function storeToMapping(mem: Memory, place: Cell | Cell64, value: bigint): void {
  if (place.kind === 'cell64') mem.store64(place, value);
  else mem.store(place, Number(value));
}
