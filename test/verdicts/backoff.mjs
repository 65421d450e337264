import { scenario } from 'gfnring';
/** Holds: a spinlock that loads another word while it backs off. */
export default scenario({
  name: 'backoff',
  cells: { m: 'u32', pad: 'u32', data: 'u32' },
  actors: { a: [section], b: [section] },
  finally: { 'two updates': ({ read, cells }) => read(cells.data) === 2 },
});
function section(mem, { m, pad, data }) {
  for (let delay = 1; mem.cmpxchg(m, 0, 1) !== 0; delay *= 2) for (let i = 0; i < delay; i++) mem.load(pad);
  mem.store(data, mem.load(data) + 1);
  mem.store(m, 0);
}
