import { scenario } from 'gfnring';
/** Violated: a spinlock. A thread that had to wait writes back a stale value. */
export default scenario({
  name: 'slowpath',
  cells: { m: 'u32', data: 'u32' },
  actors: { a: [section], b: [section] },
  finally: { 'two updates': ({ read, cells }) => read(cells.data) === 2 || `data is ${read(cells.data)}` },
});
function section(mem, { m, data }) {
  let waited = false;
  while (mem.cmpxchg(m, 0, 1) !== 0) waited = true;
  const n = mem.load(data);
  mem.store(data, waited ? n : n + 1);
  mem.store(m, 0);
}
