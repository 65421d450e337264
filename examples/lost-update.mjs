import { scenario } from 'gfnring';

/** Two threads count. A read and a write are two accesses: an addition can fall between them. */
export default scenario({
  name: 'lost-update',
  cells: { count: 'u32' },
  actors: { a: [add], b: [add] },
  finally: {
    'no addition is lost': ({ read, cells }) => read(cells.count) === 2 || `count is ${read(cells.count)}`,
  },
});

function add(mem, { count }) {
  mem.store(count, mem.load(count) + 1);
}
