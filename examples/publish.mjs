import { check, scenario } from 'gfnring';

/** A record and the index that publishes it, without a barrier on either side. */
export default scenario({
  name: 'publish',
  cells: { record: 'u32', index: 'u32' },
  actors: {
    kernel: [
      function publish(mem, { record, index }) {
        mem.store(record, 7);
        mem.store(index, 1); // mem.storeRelease
      },
    ],
    userspace: [
      function take(mem, { record, index }) {
        if (mem.load(index) === 0) return undefined; // mem.loadAcquire
        const taken = mem.load(record);
        check(taken === 7, 'what was announced is there', `took ${taken}`);
        return taken;
      },
    ],
  },
  sometimes: { 'a record is taken': ({ results }) => results.userspace[0] === 7 },
});
