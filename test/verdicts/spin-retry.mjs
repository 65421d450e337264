import { scenario } from 'gfnring';
export default scenario({
  name: 'spin-retry',
  cells: { a: 'u32', b: 'u32' },
  actors: {
    t0: [
      function spin(mem, { a }) {
        while (mem.load(a) === 0);
      },
    ],
    t1: [
      {
        label: 'try',
        run(mem, { a, b }) {
          const r = mem.load(a);
          mem.store(b, 1);
          return r;
        },
        until: (r) => r !== 0,
      },
    ],
  },
});
