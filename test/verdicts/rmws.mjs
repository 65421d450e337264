import { scenario } from 'gfnring';

const T = +(process.env.T ?? 4),
  K = +(process.env.K ?? 4),
  OP = process.env.OP ?? 'rmw';
/**
 * T threads with K accesses each to their own cells, then one race on x. There are 64 classes for
 * all T and K.
 */
export default scenario({
  name: 'rmws',
  cells: { x: 'u32', c: { type: 'u32', length: T * K } },
  actors: {
    w: [(mem, { x }) => mem.store(x, 1)],
    ...Object.fromEntries(
      Array.from({ length: T }, (_, t) => [
        't' + t,
        [
          (mem, { x, c }) => {
            for (let k = 0; k < K; k++)
              OP === 'rmw'
                ? mem.fetchAdd(c[t * K + k], 1)
                : OP === 'mb'
                  ? (mem.store(c[t * K + k], 1), mem.mb())
                  : mem.store(c[t * K + k], 1);
            if (t < 6) mem.load(x);
          },
        ],
      ]),
    ),
  },
});
