// The guest's workload: which pages it writes in each cycle, and their contents. The threads and
// the model that checks them both use it.

export const PAGE = 4096;
export const LINE = 64;
export const VCPUS = 2;
/** Pages that each vCPU dirties in a cycle, and the pages among which it cycles. */
export const BATCH = 32;
export const HOT = 256;
/** Adjacent pages that are dirtied together. */
export const RUN = 8;
/** Pages of the guest (4 GiB). Most of them are never written. */
export const NPAGES = 2 ** 20;
/** Cycles of a burst. The clock is read between bursts. */
export const BURST = 500;

/**
 * The `i`th page that vCPU `vcpu` writes in cycle `cycle`: runs of 8 pages, spread over its hot
 * pages.
 */
export function pageAt(vcpu, cycle, i) {
  const k = cycle * BATCH + i;
  return vcpu * HOT + ((Math.floor(k / RUN) * RUN * 5 + (k % RUN)) % HOT);
}

/** The value that is written to each line of page `page` in cycle `cycle`. */
export const contents = (cycle, page) => (cycle + 1) * 2 ** 20 + page;

/** The guest writes to page `page`: to the first 8 bytes of each of its cache lines. */
export function writeData(f64, data, cycle, page) {
  const first = (data + page * PAGE) / 8;
  const value = contents(cycle, page);
  for (let at = first; at < first + PAGE / 8; at += LINE / 8) f64[at] = value;
}
