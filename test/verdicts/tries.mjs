import { check, scenario } from 'gfnring';
/** Violated if a loads 0 twice, b stores, and a loads 1. */
export default scenario({
  name: 'tries',
  cells: { flag: 'u32' },
  actors: {
    a: [
      function polls(mem, { flag }) {
        let tries = 0;
        while (mem.load(flag) === 0) tries++;
        check(tries < 2, 'fewer than two tries', `${tries} tries`);
      },
    ],
    b: [
      function sets(mem, { flag }) {
        mem.store(flag, 1);
      },
    ],
  },
});
