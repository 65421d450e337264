import { scenario } from 'gfnring';
/** Holds: a test-and-set lock writes while it spins. */
export default scenario({
  name: 'xchg',
  cells: { m: 'u32', data: 'u32' },
  actors: { a: [section], b: [section] },
  finally: { 'two updates': ({ read, cells }) => read(cells.data) === 2 },
});
function section(mem, { m, data }) {
  while (mem.xchg(m, 1) === 1);
  mem.store(data, mem.load(data) + 1);
  mem.storeRelease(m, 0);
}
