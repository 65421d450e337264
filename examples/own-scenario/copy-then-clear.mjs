import { copyMarked, machine } from './machine.mjs';

/** Marks are taken away when their pages are safe: what is written in between loses its mark, and is not copied. */
export default machine('copy-then-clear', function round(mem, cells) {
  const marked = mem.load(cells.dirty);
  const pages = copyMarked(mem, cells, marked);
  mem.fetchAnd(cells.dirty, ~marked);
  return pages;
});
