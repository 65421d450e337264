/** Rules for all code of the kernel, by what they require. */
export const KERNEL_RULE = {
  G1_WITHIN_BOUNDS: 'G1 the kernel touches nothing beyond ring and slot',
  G4_NO_CRASH: 'G4 the kernel does not crash',
} as const;

/** Rules for a VMM's own code, by what they require. */
export const VMM_CODE_RULE = {
  V1_WITHIN_BOUNDS: 'V1 the VMM touches nothing beyond its ring',
  V2_NO_CRASH: 'V2 the VMM does not crash',
} as const;
