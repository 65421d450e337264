import { scenario } from 'gfnring';
/** Violated if a loads 70, b adds 10, and a leaves its loop after it has waited. */
export default scenario({
  name: 'exit',
  cells: { x: { type: 'u32', initial: 70 }, late: 'u32' },
  actors: {
    a: [
      function a(mem, { x, late }) {
        let waited = false;
        while (mem.load(x) < 77) waited = true;
        if (waited) mem.store(late, 1);
      },
    ],
    b: [
      function b(mem, { x }) {
        mem.fetchAdd(x, 10);
      },
    ],
  },
  finally: { 'no thread is late': ({ read, cells }) => read(cells.late) === 0 },
});
