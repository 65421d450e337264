import { scenario } from 'gfnring';

class Seen {
  #v;
  constructor(v) {
    this.#v = v;
  }
  get v() {
    return this.#v;
  }
}
/** Rejected: a passes its value to its second operation in an object with a private field. */
export default scenario({
  name: 'before',
  cells: { x: 'u32', y: 'u32' },
  actors: {
    a: [
      function looks(mem, { x }) {
        return new Seen(mem.load(x));
      },
      function writes(mem, { y }, before) {
        mem.store(y, before.v + 1);
      },
    ],
    b: [
      function sets(mem, { x }) {
        mem.store(x, 1);
      },
    ],
  },
  finally: { 'y is 1': ({ read, cells }) => read(cells.y) === 1 || `y is ${read(cells.y)}` },
});
