import { check, scenario } from 'gfnring';
/** Atomics.store; Atomics.notify | Atomics.wait, then read. In JavaScript Atomics.wait reads seq_cst: it holds. */
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
