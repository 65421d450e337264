import { scenario } from 'gfnring';
/** Holds: x and y are the same word, so a wake of y wakes the thread that sleeps on x. */
export default scenario({
  name: 'alias',
  cells: { x: 'u32', y: { type: 'u32', over: 'x' } },
  actors: {
    a: [
      function waits(mem, { x }) {
        while (mem.wait(x, 0));
      },
    ],
    b: [
      function wakes(mem, { y }) {
        mem.store(y, 1);
        mem.wake(y);
      },
    ],
  },
});
