import { copyMarked, machine } from './machine.mjs';

/** Clears the marks after the copies. A write in between loses its mark and is not copied. */
export default machine('copy-then-clear', function round(mem, cells) {
  const marked = mem.load(cells.dirty);
  const pages = copyMarked(mem, cells, marked);
  mem.fetchAnd(cells.dirty, ~marked);
  return pages;
});
