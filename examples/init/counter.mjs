import { scenario } from 'gfnring';

/** Two threads count. mem.fetchAdd is one step: no other thread comes between load and store. */
export default scenario({
  name: 'counter',
  cells: { count: 'u32' },
  actors: { a: [add], b: [add] },
  finally: {
    'no addition is lost': ({ read, cells: { count } }) => read(count) === 2 || `the count is ${read(count)}`,
  },
});

function add(mem, { count }) {
  mem.fetchAdd(count, 1);
  // Try this instead, and read the trace:
  // mem.store(count, mem.load(count) + 1);
}
