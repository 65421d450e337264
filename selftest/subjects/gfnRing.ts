import { LOST, smallVm } from '#dist/trackers/scenarios/trackerScenario.js';
import {
  collect,
  halt,
  harvest,
  host,
  hostWrite,
  kernel,
  push,
  reset,
  serve,
  userspace,
  vcpu,
  write,
} from '#dist/vm/actorSpecs.js';
import { type Canary, type EditOf, on, underRc11 } from './canary.ts';
import { canary, EARLY, MAIL, vm } from './gfnRingScenarios.ts';

const FAR_PAGES = vm('far-pages', [vcpu(0, write(0), write(128)), userspace(collect)], {
  slots: [{ slot: 0, npages: 130 }],
});

const TORN = vm('torn-index', [vcpu(0, push(0)), userspace(harvest()), kernel(0, reset)], {
  index: 255,
});

const BACK_AND_FORTH = vm('back-and-forth', [vcpu(0, push(2), push(0)), userspace(harvest()), kernel(0, reset)], {
  rings: [{ size: 4, leeway: 0 }],
  slots: [{ slot: 0, npages: 3 }],
});

/** Adds a cell of 32 bits that covers prod and cons. */
const BOTH_INDICES: EditOf = [
  'ring/alloc',
  "cons: layout.cell(`${name}.cons`, 'u16', data + 2),",
  "cons: layout.cell(`${name}.cons`, 'u16', data + 2), both: layout.cell(`${name}.both`, 'u32', data),",
];

/** Two threads of the host look for room at once, and there is room for one. */
const TWO_HOSTS = vm(
  'two-hosts',
  [host(hostWrite(0), hostWrite(1), halt), { ...host(hostWrite(2), halt), name: 'host1' }, userspace(serve)],
  {
    rings: [
      { size: 2, leeway: 0 },
      { size: 2, leeway: 0 },
    ],
    slots: [{ slot: 0, npages: 3 }],
  },
);

/**
 * What the early ring had: a bit for each page, so that a page is pushed once. Here the bit is set
 * before the push, and cleared before the page is re-armed.
 */
const BESIDE_A_BITMAP: readonly EditOf[] = [
  [
    'trackers/gfnRing/gfnRings',
    'this.kvm = kvm;',
    'this.kvm = kvm; this.kvm.bits = new Map(kvm.memslots.flatMap(({ slot, npages }) => Array.from({ length: npages }, (_, i) => [`${slot}:${i}`, layout.cell(`bit of ${slot}:${i}`, "u32")])));',
    'constructor(layout, kvm',
  ],
  [
    'trackers/gfnRing/gfnRings',
    'mark(mem, { slot, offset }, vcpu) {',
    'mark(mem, gfn, vcpu) { const bit = this.kvm.bits.get(`${gfn.slot}:${gfn.offset}`); if (mem.load(bit) === 1) return true; mem.store(bit, 1); const done = this.pushed(mem, gfn, vcpu); if (!done) mem.store(bit, 0); return done; } pushed(mem, { slot, offset }, vcpu) {',
  ],
  [
    'ring/reset',
    'mem.lock(kvm.mmu_lock);',
    'for (let i = 0n; i < 64n; i++) if ((batch.mask >> i) & 1n) mem.store(kvm.bits.get(`${batch.slot}:${batch.offset + i}`), 0); mem.lock(kvm.mmu_lock);',
    'function enable_log_dirty(mem, kvm, batch)',
  ],
];

/** Of the ring of the mail: pushes, harvests and machines. */
export const gfnRing: readonly Canary[] = [
  canary(
    'no-mask',
    MAIL,
    'ring',
    ['no operation crashes'],
    ['ring/kvm_gfnring', 'ring.entries[index & (ring.size - 1)]', 'ring.entries[index]'],
  ),
  canary(
    'mask-one-bit-short',
    MAIL,
    'ring',
    ['R5'],
    ['ring/kvm_gfnring', 'index & (ring.size - 1)', 'index & (ring.size - 2)'],
  ),
  canary('full-one-entry-late', MAIL, 'ring', ['R5'], ['ring/push', 'used >= ring.size', 'used > ring.size']),
  canary(
    'full-decided-on-shared-cons',
    `O4; ${MAIL}`,
    'ring',
    ['R6', 'R5'],
    ['ring/push', 'prod - mem.loadAcquire(ring.cons_index)', 'prod - mem.loadAcquire(ring.indices.cons)'],
  ),
  // A ring of 65536 entries has as many as its indices have values, so that full looks empty. Here
  // it has two entries, and one bit for the difference.
  canary(
    'index-space-too-small',
    `${MAIL}: "It has to be u16"; a ring of 65536 entries`,
    'ring',
    ['R5', 'R6'],
    [
      'ring/push',
      'const used = u16(prod - mem.loadAcquire(ring.cons_index));',
      'const used = u16(prod - mem.loadAcquire(ring.cons_index)) & 1;',
    ],
  ),
  canary(
    'prod-read-back-from-userspace',
    `O3; ${MAIL}`,
    'hostile-wipe',
    ['R1', 'R3', 'R5', 'R6'],
    ['ring/push', 'const prod = mem.load(ring.prod_index);', 'const prod = mem.load(ring.indices.prod);'],
  ),
  canary(
    'published-before-the-entry',
    MAIL,
    'ring',
    ['R3'],
    [
      'ring/push',
      'mem.write(entry.slot, slot);',
      'mem.storeRelease(ring.indices.prod, u16(prod + 1)); mem.write(entry.slot, slot);',
      'function kvm_gfn_ring_push(mem, ring',
      'const prod = mem.load(ring.prod_index);',
    ],
  ),
  canary(
    'private-prod-after-the-shared-one',
    `${MAIL}: reset compares cons with the private one`,
    'ring',
    ['R3'],
    [
      'ring/push',
      'mem.store(ring.prod_index, u16(prod + 1));',
      'mem.storeRelease(ring.indices.prod, u16(prod + 1)); mem.store(ring.prod_index, u16(prod + 1));',
    ],
  ),
  canary('push-counts-wrong', MAIL, 'ring', ['R6'], ['ring/push', 'return used + 1', 'return used']),
  canary('leeway-ignored', `O4; ${MAIL}`, 'leeway', ['R10'], ['ring/push', 'ring.soft_limit;', 'ring.size;']),
  canary(
    'leeway-one-too-small',
    `O4; ${MAIL}`,
    smallVm(
      'gfn-ring',
      'leeway-of-a-log',
      [{ size: 2, leeway: 1 }],
      [vcpu(0, write(0), write(1, 2), halt), userspace(serve)],
      { slots: [{ slot: 0, npages: 3 }], pml: 2 },
    ),
    ['R10'],
    ['ring/push', 'ring.soft_limit;', 'ring.soft_limit + 1;'],
  ),
  canary(
    'entry-0-written-whole',
    `${MAIL}: the indices overlay the pad of entry 0`,
    'ring',
    ['R8', 'R2', 'R3', 'R1'],
    [
      'ring/push',
      'mem.write(entry.slot, slot);',
      'if ((prod & (ring.size - 1)) === 0) { mem.store(ring.indices.prod, 0); mem.store(ring.indices.cons, 0); } mem.write(entry.slot, slot);',
      'function kvm_gfn_ring_push(mem, ring',
      'const prod = mem.load(ring.prod_index);',
    ],
  ),
  canary(
    'entry-0-wiped-by-userspace',
    `${MAIL}: the indices overlay the pad of entry 0`,
    'ring',
    ['R8', 'R2', 'R1'],
    [
      'ring/harvest',
      'gfns.push({ slot: mem.read(entry.slot), offset: mem.read64(entry.offset) });',
      'gfns.push({ slot: mem.read(entry.slot), offset: mem.read64(entry.offset) }); if (entry === ring.entries[0]) { mem.store(ring.indices.prod, 0); mem.store(ring.indices.cons, 0); }',
      'function gfn_ring_harvest(mem, ring',
    ],
  ),
  canary(
    'prod-written-with-cons-in-32-bits',
    `${MAIL}: two halves of one word, two writers`,
    'ring',
    ['R2', 'R8', 'R1', 'R4'],
    BOTH_INDICES,
    [
      'ring/push',
      'mem.storeRelease(ring.indices.prod, u16(prod + 1));',
      'const both = mem.load(ring.indices.both); mem.storeRelease(ring.indices.both, ((both & 0xffff0000) | u16(prod + 1)) >>> 0);',
    ],
  ),
  canary(
    'cons-written-with-prod-in-32-bits',
    `${MAIL}: two halves of one word, two writers`,
    'ring',
    ['R3', 'R8', 'R1', 'R2'],
    BOTH_INDICES,
    [
      'ring/harvest',
      'mem.storeRelease(ring.indices.cons, u16(first + count));',
      '{ const both = mem.load(ring.indices.both); mem.storeRelease(ring.indices.both, ((both & 0xffff) | (u16(first + count) << 16)) >>> 0); }',
    ],
  ),
  canary(
    'cons-written-byte-by-byte',
    `${MAIL}: cons is u16; torn, it is an index that was never written`,
    TORN,
    ['R8'],
    [
      'ring/alloc',
      "cons: layout.cell(`${name}.cons`, 'u16', data + 2),",
      "cons: layout.cell(`${name}.cons`, 'u16', data + 2), low: layout.cell(`${name}.cons.low`, 'u8', data + 2), high: layout.cell(`${name}.cons.high`, 'u8', data + 3),",
    ],
    [
      'ring/harvest',
      'mem.storeRelease(ring.indices.cons, u16(first + count));',
      '{ mem.storeRelease(ring.indices.low, u16(first + count) & 255); mem.storeRelease(ring.indices.high, u16(first + count) >>> 8); }',
    ],
  ),
  canary(
    'delta-cut-short',
    'B06; m1lfrihj2n.fsf@dinechin.org: an int holds the difference of two u64. Here 7 bits, and pages 0 and 128',
    FAR_PAGES,
    ['R7'],
    ['ring/coalesce', 'offset - batch.offset', 'BigInt.asIntN(7, offset - batch.offset)'],
  ),
  canary(
    'coalesced-one-page-off',
    `B06; ${EARLY}`,
    'coalesce',
    ['G1', 'R7'],
    ['kvm/resetBatch', 'batch.mask | (1n << delta)', 'batch.mask | (1n << (delta + 1n))'],
  ),
  canary(
    'coalesced-backwards-without-a-shift',
    `B06; ${EARLY}`,
    BACK_AND_FORTH,
    ['R7'],
    ['kvm/resetBatch', 'batch.mask << -delta', 'batch.mask'],
  ),
  canary(
    'wrong-address-space',
    'B10; 20191203191328.GD19877@linux.intel.com',
    'gfn-ring/two-spaces',
    ['R4', 'R6', 'R3', 'R5', 'R7', 'no dirty page is ever lost'],
    ['ring/push', 'mem.write(entry.slot, slot);', 'mem.write(entry.slot, slot & 0xffff);'],
  ),
  canary(
    'harvest-takes-one-too-many',
    MAIL,
    'ring',
    ['R2', 'R4'],
    ['ring/harvest', 'Math.min(available, max', 'Math.min(available + 1, max'],
  ),
  canary(
    'harvest-releases-before-read',
    MAIL,
    'ring',
    ['R4', 'R7'],
    [
      'ring/harvest',
      'const gfns = [];',
      'mem.storeRelease(ring.indices.cons, u16(first + count)); const gfns = [];',
      'function gfn_ring_harvest(mem, ring',
      'const first = mem.load(ring.indices.cons);',
      'const count = Math.min(available, max, ring.size);',
    ],
  ),
  on(
    BESIDE_A_BITMAP,
    canary(
      'dirty-bit-after-the-push',
      `B02; ${EARLY}; b2cc64c4f382 took the bitmap away`,
      'gfn-ring/host-write',
      LOST,
      [
        'trackers/gfnRing/gfnRings',
        'mem.store(bit, 1); const done = this.pushed(mem, gfn, vcpu); if (!done) mem.store(bit, 0); return done; }',
        'const done = this.pushed(mem, gfn, vcpu); if (done) mem.store(bit, 1); return done; }',
      ],
    ),
  ),
  on(
    BESIDE_A_BITMAP,
    canary(
      'dirty-bit-of-a-page-that-was-dropped',
      'B03; 20191129213505.18472-7-peterx@redhat.com: "we throw an error message and drop the dirty bit"',
      TWO_HOSTS,
      [...LOST, 'R7'],
      ['trackers/gfnRing/gfnRings', 'if (!done) mem.store(bit, 0); return done;', 'return true;'],
    ),
  ),
  canary(
    'ring-missing-for-early-vcpu',
    `B09; ${EARLY}: enabled after a vCPU was made`,
    'ring',
    ['no operation crashes'],
    ['trackers/gfnRing/gfnRings', 'this.rings = rings.map(', 'this.rings = rings.slice(1).map('],
  ),
  underRc11(
    canary(
      'harvest-without-acquire',
      'B14; 8929bc965964',
      'handed-over',
      ['R9', 'R4', 'no data race'],
      ['ring/harvest', 'mem.loadAcquire(ring.indices.prod)', 'mem.load(ring.indices.prod)'],
    ),
  ),
  underRc11(
    canary(
      'harvest-without-release',
      'B32; 20220902001936.108645-1-pbonzini@redhat.com',
      'handed-over',
      ['R7', 'no data race'],
      ['ring/harvest', 'mem.storeRelease(ring.indices.cons', 'mem.store(ring.indices.cons'],
    ),
  ),
  underRc11(
    canary(
      'push-without-release',
      'B14; 8929bc965964',
      'handed-over',
      ['R9', 'R4', 'no data race'],
      ['ring/push', 'mem.storeRelease(ring.indices.prod', 'mem.store(ring.indices.prod'],
    ),
  ),
  underRc11(
    canary(
      'push-without-acquire',
      'the order of a reset and the push over its entry: reading 6.12',
      'ring',
      ['no data race'],
      ['ring/push', 'mem.loadAcquire(ring.cons_index)', 'mem.load(ring.cons_index)'],
    ),
  ),
];
