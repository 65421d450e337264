import { scenario } from 'gfnring';
export default scenario({
  name: 'sb',
  cells: { x: 'u32', y: { type: 'u32', initial: 0 } },
  locks: ['m'],
  actors: {
    a: [
      (mem, { x, y }) => {
        mem.store(x, 1);
        return mem.load(y);
      },
    ],
    b: [
      (mem, { x, y }) => {
        mem.store(y, 1);
        return mem.load(x);
      },
    ],
  },
  always: { 'x is small': ({ read, cells }) => read(cells.x) < 2 },
  sometimes: { 'a saw b': ({ results }) => results.a[0] === 1 },
  finally: { 'one of them saw the other': ({ results }) => results.a[0] === 1 || results.b[0] === 1 },
});
