// What the guest does: which pages it writes when, and what is in them then. The threads follow it, and so does the model that judges them.

export const PAGE = 4096;
export const LINE = 64;
export const VCPUS = 2;
/** Pages that each vCPU dirties in a cycle, and those that it writes to in turn. */
export const BATCH = 32;
export const HOT = 256;
/** Pages beside each other that are dirtied together. */
export const RUN = 8;
/** Pages of the guest, 4 GiB, most of which nobody ever writes to. */
export const NPAGES = 2 ** 20;
/** Cycles between two looks at the clock from outside. */
export const BURST = 500;

/** The page that vCPU `vcpu` writes as its `i`th in cycle `cycle`: in runs of 8, which lie all over its hot ones. */
export function pageAt(vcpu, cycle, i) {
  const k = cycle * BATCH + i;
  return vcpu * HOT + ((Math.floor(k / RUN) * RUN * 5 + (k % RUN)) % HOT);
}

/** What is written to each line of page `page` in cycle `cycle`. */
export const contents = (cycle, page) => (cycle + 1) * 2 ** 20 + page;

/** The guest writes to page `page`: to the first 8 bytes of each of its cache lines. */
export function writeData(f64, data, cycle, page) {
  const first = (data + page * PAGE) / 8;
  const value = contents(cycle, page);
  for (let at = first; at < first + PAGE / 8; at += LINE / 8) f64[at] = value;
}
