/*
 * Which pages a reset of the merged ring re-arms. Linux combines runs of consecutive entries of one
 * slot whose pages lie within 64 of each other. A run is re-armed as a whole. If one of its pages
 * is not in the slot, none is re-armed, so one forged entry affects honest ones.
 */

export interface ResetEntry {
  /** as_id << 16 | slot_id */
  readonly slot: number;
  /** 64 bits. The distance of two offsets is the difference of two u64 as an s64. */
  readonly offset: bigint;
}

/** The most pages that one call re-arms: the bits of a u64. */
const SPAN = 64n;

/**
 * The entries whose pages are re-armed, of those that one reset processed in one ring.
 *
 * @param pagesOf the number of pages of a slot; undefined: there is no such slot.
 */
export function pagesRearmedByReset(
  taken: readonly ResetEntry[],
  pagesOf: (slot: number) => number | undefined,
): readonly ResetEntry[] {
  return runsOf(taken)
    .filter((run) => {
      const pages = pagesOf(run[0].slot);
      return pages !== undefined && run.every(({ offset }) => offset < BigInt(pages));
    })
    .flat();
}

function runsOf(taken: readonly ResetEntry[]): ResetEntry[][] {
  const runs: ResetEntry[][] = [];
  for (const entry of taken) {
    const run = runs.at(-1);
    if (run !== undefined && joins(run, entry)) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

function joins(run: readonly ResetEntry[], entry: ResetEntry): boolean {
  const [first] = run;
  if (entry.slot !== first.slot) return false;
  const distances = [...run, entry].map(({ offset }) => BigInt.asIntN(64, offset - first.offset));
  const least = distances.reduce((a, b) => (a < b ? a : b));
  const most = distances.reduce((a, b) => (a > b ? a : b));
  return most - least < SPAN;
}
