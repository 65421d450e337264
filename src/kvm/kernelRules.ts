/** Rules for all code of the kernel, by what they require. */
export const KERNEL_RULE = {
  G1_WITHIN_BOUNDS: 'G1 the kernel touches nothing beyond ring and slot',
  G4_NO_CRASH: 'G4 the kernel does not crash',
} as const;
