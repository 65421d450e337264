import { check, scenario } from 'gfnring';
/**
 * Holds: one thread does Atomics.store and Atomics.notify, the other Atomics.wait and then a load.
 * In JavaScript Atomics.wait reads seq_cst.
 */
export default scenario({
  name: 'waitacq',
  cells: { x: 'u32', go: 'u32' },
  actors: {
    a: [
      function gives(mem, { x, go }) {
        mem.store(x, 7);
        mem.storeRelease(go, 1);
        mem.wake(go);
      },
    ],
    b: [
      function takes(mem, { x, go }) {
        while (mem.wait(go, 0));
        const v = mem.load(x);
        check(v === 7, 'it is there', `${v}`);
      },
    ],
  },
});
