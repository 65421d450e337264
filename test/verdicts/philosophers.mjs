import { scenario } from 'gfnring';

/** Livelock: each thread takes its fork, fails to take the other, and returns its own, for ever. */
const dines = (first, second) =>
  function dine(mem, cells) {
    while (mem.cmpxchg(cells[first], 0, 1) !== 0 || mem.cmpxchg(cells[second], 0, 1) !== 0) mem.store(cells[first], 0);
    mem.store(cells[second], 0);
    mem.store(cells[first], 0);
  };
export default scenario({
  name: 'philosophers',
  cells: { left: 'u32', right: 'u32' },
  actors: { a: [dines('left', 'right')], b: [dines('right', 'left')] },
});
