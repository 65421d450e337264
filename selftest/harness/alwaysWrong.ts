/** A scenario that never comes to what is asked of it, however free threads run it. A module, so that they can build it. */
import { scenario } from '#dist/scenario/define.js';

export default scenario({
  name: 'always wrong',
  cells: { x: 'u32' },
  actors: { a: [(mem, { x }) => mem.fetchAdd(x, 1)], b: [(mem, { x }) => mem.fetchAdd(x, 1)] },
  finally: { 'x is 3': ({ read, cells }) => read(cells.x) === 3 || `x is ${read(cells.x)}` },
});
