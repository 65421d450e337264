// Measures the time to harvest and re-arm d dirty pages of a guest of n pages, with the mail's ring
// and with the bitmap.
import { gfnsOf, set_bit } from '../../dist/trackers/dirtyBitmap/bitmap.js';
import { KVM_GET_DIRTY_LOG } from '../../dist/trackers/dirtyBitmap/ioctl.js';
import { bitmapOf, ringOf } from './log.mjs';

export const DIRTY = [10, 100, 1_000, 10_000];
export const GUEST = [18, 20, 22, 24, 26, 28];
const SIZE = 16_384;

/**
 * Maximum milliseconds for each cell of the table, and the minimum and maximum number of
 * repetitions. The result is their median.
 */
const MS = 250;
const [FEWEST, MOST] = [5, 4000];

/** For each n and d: microseconds of a harvest and reset with each tracker. */
export function rounds() {
  warmUp();
  return GUEST.map((bits) => {
    const npages = 2 ** bits;
    const [ring, bitmap] = [roundsOfRing(npages), roundsOfBitmap(npages)];
    return { bits, cells: DIRTY.map((dirty) => ({ dirty, ring: ring(dirty), bitmap: bitmap(dirty) })) };
  });
}

/** V8 compiles the code after it has seen all object shapes that occur. */
function warmUp() {
  for (const npages of [2 ** 18, 2 ** 20])
    for (const of of [roundsOfRing(npages), roundsOfBitmap(npages)]) for (const dirty of DIRTY) of(dirty);
}

function roundsOfRing(npages) {
  const { mem, tracker, armed } = ringOf(npages, SIZE);
  return (dirty) =>
    median(
      pagesOf(npages, dirty),
      armed,
      (gfn) => tracker.mark(mem, gfn, 0),
      () => {
        const gfns = tracker.harvest(mem);
        tracker.reset(mem, gfns);
        return gfns;
      },
    );
}

function roundsOfBitmap(npages) {
  const { mem, kvm, bitmap, buffer, armed } = bitmapOf(npages);
  return (dirty) =>
    median(
      pagesOf(npages, dirty),
      armed,
      ({ offset }) => set_bit(mem, bitmap, Number(offset)),
      () => {
        KVM_GET_DIRTY_LOG(mem, kvm, bitmap, buffer); // also re-arms
        return gfnsOf(bitmap, buffer);
      },
    );
}

/**
 * `dirty` pages across the guest, in a pseudo-random order. They are the same for both trackers, so
 * that cache misses in `armed` cost both the same.
 */
function pagesOf(npages, dirty) {
  const pages = new Set();
  for (let x = 1; pages.size < dirty; ) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    pages.add(Math.floor((x / 2 ** 32) * npages));
  }
  return [...pages].map((page) => ({ slot: 0, offset: BigInt(page) }));
}

/**
 * The median microseconds of a harvest and reset. Throws if one does not report and re-arm all
 * pages.
 */
function median(gfns, armed, mark, round) {
  const took = [];
  for (const end = performance.now() + MS; took.length < FEWEST || (took.length < MOST && performance.now() < end); ) {
    for (const gfn of gfns) {
      armed[Number(gfn.offset)] = 0;
      mark(gfn);
    }
    const start = performance.now();
    const reported = round();
    took.push(performance.now() - start);
    if (reported.length !== gfns.length || gfns.some(({ offset }) => armed[Number(offset)] !== 1))
      throw new Error('a dirty page was not reported and re-armed');
  }
  return took.sort((a, b) => a - b)[took.length >> 1] * 1000;
}
