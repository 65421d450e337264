import { scenario } from 'gfnring';

/** Two threads count. Reading and writing are two accesses, so one addition can fall between those of the other. */
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
