import { scenario } from 'gfnring';

/** Holds: wake wakes all threads. With Atomics.notify(x, 0, 1) in c this deadlocks. */
const atLeast = (n) =>
  function waits(mem, { x }) {
    for (let v; (v = mem.load(x)) < n; ) mem.wait(x, v);
  };
export default scenario({
  name: 'notify1',
  cells: { x: 'u32' },
  actors: {
    a: [atLeast(2)],
    b: [atLeast(1)],
    c: [
      function steps(mem, { x }) {
        mem.store(x, 1);
        mem.wake(x);
        mem.store(x, 2);
        mem.wake(x);
      },
    ],
  },
});
