import { scenario } from 'gfnring';
/** Violated when a loads after b has stored. */
export default scenario({
  name: 'error',
  cells: { x: 'u32' },
  actors: {
    a: [
      function looks(mem, { x }) {
        return new Error(mem.load(x) === 0 ? 'empty' : 'full');
      },
    ],
    b: [
      function sets(mem, { x }) {
        mem.store(x, 1);
      },
    ],
  },
  finally: { 'a sees it empty': ({ results }) => results.a[0].message === 'empty' || results.a[0].message },
});
