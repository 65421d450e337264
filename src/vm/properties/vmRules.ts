/** Rules for every VM, by what they require. */
export const VM_RULE = {
  NOTHING_LOST: 'no dirty page is ever lost',
  G5_LOCKS: 'G5 pages are re-armed with slots_lock and mmu_lock held',
  L1_RUNS_AGAIN: 'L1, L3, L5 a stopped vCPU runs again',
  L4_NO_DEADLOCK: 'L4 no deadlock',
  L5_WAKE_UPS: 'L5 no wake-up is lost',
  NL1_RECORDED: 'NL1 no page can be written unrecorded',
  NL5_REPORTED: 'NL5 every page that was written is reported, or still recorded',
  R10_STOPS: 'R10 a vCPU stops before its ring is full',
} as const;
