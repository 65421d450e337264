import { scenario } from 'gfnring';
/** Violated after three polls: each poll passes a counter to the next one. */
export default scenario({
  name: 'deep',
  cells: { x: 'u32' },
  actors: {
    a: [
      {
        label: 'poll',
        run: (mem, { x }, before = 0) => (mem.load(x) === 1 ? -1 - before : before + 1),
        until: (r) => r < 0,
      },
    ],
    b: [
      function b(mem, { x }) {
        mem.store(x, 1);
      },
    ],
  },
  finally: { 'not four polls': ({ results }) => results.a.length !== 4 || `${results.a}` },
});
