/**
 * Which pages a reset of the merged ring re-arms. Linux takes neighbours together: entries of one slot that follow each other in the ring, for as long as their
 * pages lie within 64 of each other. Such a run is re-armed as a whole or, if one of its pages is not in the slot, not at all, so one forged entry takes
 * honest ones with it. It imports nothing: a model that shares code with its subject proves nothing.
 */
export interface ResetEntry {
  /** as_id << 16 | slot_id */
  readonly slot: number;
  /** Of 64 bits: the distance of two is that of two u64, as s64. */
  readonly offset: bigint;
}

/** Pages that one call re-arms at most: bits of a u64. */
const SPAN = 64n;

/** Of the entries that one reset took off one ring, those whose pages are re-armed. `pagesOf` says how many pages a slot has; undefined: there is none. */
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
