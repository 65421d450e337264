import { scenario } from 'gfnring';
export default scenario({
  name: 'vacuous',
  cells: { count: 'u32' },
  actors: { a: [add], b: [add] },
  finally: { small: ({ read, cells }) => read(cells.count) <= 2 },
});
function add(mem, { count }) {
  count += 1;
}
