import { copyMarked, machine } from './machine.mjs';

/** Marks are taken away first, in one step: what is written from then on is marked again. */
export default machine('clear-then-copy', function round(mem, cells) {
  return copyMarked(mem, cells, mem.xchg(cells.dirty, 0));
});
