import { scenario } from 'gfnring';
/** Holds: the map of a always has one entry. */
export default scenario({
  name: 'map',
  cells: { x: 'u32' },
  actors: {
    a: [
      function makes() {
        return new Map();
      },
      function puts(mem, { x }, before) {
        before.set(mem.load(x), 1);
        return before.size;
      },
    ],
    b: [
      function sets(mem, { x }) {
        mem.store(x, 1);
      },
    ],
  },
  finally: { 'one entry': ({ results }) => results.a[1] === 1 || `${results.a[1]} entries` },
});
