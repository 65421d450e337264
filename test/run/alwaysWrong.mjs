/**
 * A scenario whose `finally` fails in every execution. It is a module so that free threads can
 * build it.
 */
import { scenario } from 'gfnring';

export default scenario({
  name: 'always wrong',
  cells: { x: 'u32' },
  actors: { a: [(mem, { x }) => mem.fetchAdd(x, 1)], b: [(mem, { x }) => mem.fetchAdd(x, 1)] },
  finally: { 'x is 3': ({ read, cells }) => read(cells.x) === 3 || `x is ${read(cells.x)}` },
});
