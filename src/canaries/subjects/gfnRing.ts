import type { Canary } from '../canary.ts';

/** The ring of the mail: what its design says must not be done. */
export const gfnRing: readonly Canary[] = [
  {
    name: 'no-mask',
    source: 'hazard of the mail: indices are free-running',
    tracker: 'gfn-ring',
    scenario: 'ring',
    memoryModel: 'sc',
    expectedBy: ['no operation crashes'],
    edits: [{ file: 'ring/kvm_gfnring', from: 'ring.entries[index & (ring.size - 1)]', to: 'ring.entries[index]' }],
  },
  {
    name: 'full-one-late',
    source: 'the mail',
    tracker: 'gfn-ring',
    scenario: 'ring',
    memoryModel: 'sc',
    expectedBy: ['R5'],
    edits: [{ file: 'ring/push', from: 'used >= ring.size', to: 'used > ring.size' }],
  },
];
