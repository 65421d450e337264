/**
 * A request that may time out, and a second one. Which of them does is chosen by the scheduler. It
 * is a module so that worker threads can build it.
 */
import { scenario } from 'gfnring';

export default scenario({
  name: 'choosing',
  cells: { failures: 'u32' },
  actors: {
    a: [(mem, { failures }) => mem.choose(3) === 2 && mem.fetchAdd(failures, 1)],
    b: [(mem, { failures }) => mem.choose(2) === 1 && mem.fetchAdd(failures, 1)],
  },
  finally: { 'one fails at most': ({ read, cells }) => read(cells.failures) < 2 },
});
