/** Defects that history knows of the subjects, by the numbers of docs/trackers.md, which has their sources. */
export const knownDefects = {
  O2: 'the reset begins the list anew, and drops what was pushed since the count',
  O3: 'the index of the next push lies where userspace can write it',
  B11: 'the sum of an offset and the mask of its batch wraps to zero (CVE-2026-52969)',
  B12: 'a write for which no vCPU runs crashes the kernel (CVE-2021-4095), or is dropped',
  B14: 'flags are accessed plainly: right on x86 alone',
  B16: 'a reset goes on for as long as entries are flagged',
  B19: 'a reset that a signal ends drops the pages that it was about to re-arm',
  B20: 'stale translations are flushed after slots_lock is given back',
  B21: 'a reset goes beyond what was pushed',
  B22: 'one page out of range takes the others of its batch with it',
  B36: 'userspace copies before it resets',
} as const;

export type CatalogueNumber = keyof typeof knownDefects;
