// What a round costs that harvests and re-arms d dirty pages of a guest of n pages: the mail's ring beside the bitmap.
import { gfnsOf, set_bit } from '../../dist/trackers/dirtyBitmap/bitmap.js';
import { KVM_GET_DIRTY_LOG } from '../../dist/trackers/dirtyBitmap/ioctl.js';
import { bitmapOf, ringOf } from './log.mjs';

export const DIRTY = [10, 100, 1_000, 10_000];
export const GUEST = [18, 20, 22, 24, 26, 28];
const SIZE = 16_384;

/** Milliseconds a cell may take, and the fewest and most rounds of which the median is taken. */
const MS = 250;
const [FEWEST, MOST] = [5, 4000];

/** By n, by d: microseconds of a round with each. */
export function rounds() {
  warmUp();
  return GUEST.map((bits) => {
    const npages = 2 ** bits;
    const [ring, bitmap] = [roundsOfRing(npages), roundsOfBitmap(npages)];
    return { bits, cells: DIRTY.map((dirty) => ({ dirty, ring: ring(dirty), bitmap: bitmap(dirty) })) };
  });
}

/** The engine compiles what it has seen with all shapes that come. */
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
        KVM_GET_DIRTY_LOG(mem, kvm, bitmap, buffer); // re-arms, too
        return gfnsOf(bitmap, buffer);
      },
    );
}

/** `dirty` pages all over the guest, in no order. The same each round, so that a page's byte in `armed` costs both trackers the same. */
function pagesOf(npages, dirty) {
  const pages = new Set();
  for (let x = 1; pages.size < dirty; ) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    pages.add(Math.floor((x / 2 ** 32) * npages));
  }
  return [...pages].map((page) => ({ slot: 0, offset: BigInt(page) }));
}

/** The median of the rounds in microseconds. Each has to report all pages, and to re-arm them. */
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
