import { scenario } from 'gfnring';

/**
 * Deadlock: thread-stream #245 with nothing written at first. With RIGHT=1 it waits until R is at
 * least the sampled value, which is proved.
 */
const right = process.env.RIGHT === '1';
export default scenario({
  name: 'left-out',
  cells: { W: 'u32', R: 'u32' },
  actors: {
    ready: [
      function waitForRead(mem, { W, R }) {
        const t = mem.load(W);
        for (let r; (r = mem.load(R)), right ? r < t : r !== t; ) mem.wait(R, r);
      },
    ],
    writer: [1, 2].map((n) => ({
      label: `write ${n}`,
      run: (mem, { W }) => {
        mem.store(W, n);
        mem.wake(W);
      },
    })),
    worker: [
      function drain(mem, { W, R }) {
        for (let r = 0; r !== 2; ) {
          const w = mem.load(W);
          if (w === r) {
            mem.wait(W, w);
            continue;
          }
          mem.store(R, w);
          mem.wake(R);
          r = w;
        }
      },
    ],
  },
});
