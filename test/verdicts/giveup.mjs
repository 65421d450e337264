import { check, scenario } from 'gfnring';
/** Violated: 600 iterations of two loads, then the thread gives up. */
export default scenario({
  name: 'giveup',
  cells: { flag: 'u32', stop: 'u32' },
  actors: {
    a: [
      function polls(mem, { flag, stop }) {
        for (let i = 0; i < 600; i++) if (mem.load(flag) === 1 || mem.load(stop) === 1) return;
        check(false, 'it never gives up');
      },
    ],
    b: [
      function sets(mem, { flag }) {
        mem.store(flag, 1);
      },
    ],
  },
});
