import { copyMarked, machine } from './machine.mjs';

/** Clears the marks first, in one step. A later write marks its page again. */
export default machine('clear-then-copy', function round(mem, cells) {
  return copyMarked(mem, cells, mem.xchg(cells.dirty, 0));
});
