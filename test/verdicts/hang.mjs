import { scenario } from 'gfnring';
/** Crashes: an operation loops without an access after it has read 1. */
export default scenario({
  name: 'hang',
  cells: { x: 'u32' },
  actors: {
    a: [
      function spins(mem, { x }) {
        if (mem.load(x) === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      },
    ],
    b: [
      function sets(mem, { x }) {
        mem.store(x, 1);
      },
    ],
  },
});
