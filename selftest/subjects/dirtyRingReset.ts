import { LOST, ONE_PAGE } from '#dist/trackers/scenarios/trackerScenario.js';
import { collect, host, hostile, kernel, poke, reset, signalTo, userspace, vcpu, write } from '#dist/vm/actorSpecs.js';
import { type Canary, type EditOf, on, underRc11 } from './canary.ts';
import { CRASH, canary, fullEachTime, intoLeeway, PUSH, twoPages, vm } from './dirtyRingScenarios.ts';

/** The master property makes a last round, which may be the one that goes wrong. */
const [LAST_ROUND] = LOST;
const RESET = 'trackers/dirtyRing/reset';
const BATCH = 'trackers/dirtyRing/reset_dirty_gfn';
const IOCTL = 'trackers/dirtyRing/ioctl';
/** Pages as far apart as the mask of a batch is long. */
const farApart = vm('far-apart', [vcpu(0, write(0, 128)), userspace(collect)], {
  slots: [{ slot: 0, npages: 130 }],
});
/** Userspace flags entries again during one reset; more entries are pushed than the ring has. */
const longReset = vm(
  'long-reset',
  [
    vcpu(0, write(0, 1, 2)),
    kernel(0, reset),
    hostile(poke(0, 0, 32, 2), poke(0, 16, 32, 2), poke(0, 0, 32, 2)),
    host(signalTo('kernel0')),
  ],
  { slots: [{ slot: 0, npages: 3 }] },
);
/** The second of two pages that are reset together is rewritten to one beyond the slot. */
const beyondTheSlot = vm('beyond-the-slot', [vcpu(0, write(0, 1)), userspace(collect), hostile(poke(0, 24, 64, 2))], {
  rings: [{ size: 4, leeway: 2 }],
});
const slotRewritten = vm(
  'slot-rewritten',
  [vcpu(0, write(0)), userspace(collect), hostile(poke(0, 4, 32, 7))],
  ONE_PAGE,
);
const oneOfTwo = vm('one-of-two', [vcpu(0, write(0, 1)), kernel(0, reset)], { rings: [{ size: 4, leeway: 2 }] });
/** A page is copied while its other resetter is still at it. */
const twoResetters = vm('two-resetters', [vcpu(0, write(0)), userspace(collect), kernel(0, reset)], ONE_PAGE);
/** An offset that is rewritten between two reads of it. */
const rewritten = vm('rewritten', [vcpu(0, write(0)), userspace(collect), hostile(poke(0, 8, 64, 7))], ONE_PAGE);

/** As merged: bounds are checked for a batch, not for each entry. The repair of B22 hides this. */
const WHOLE_BATCH: EditOf = [RESET, 'if (version.repaired && !hasPage(mem, kvm, { slot, offset })) continue;', ''];
const NO_RESET_INDEX: EditOf = [
  RESET,
  'if (version.repaired) mem.storeRelease(ring.reset_index, reset_index); else mem.store(ring.reset_index, reset_index);',
  '',
];
const NO_SIGNAL: EditOf = [RESET, 'if (version.interruptible && kvm.arch.signal_pending(mem)) {', 'if (false) {'];

/** Of the merged ring: resets. */
export const dirtyRingReset: readonly Canary[] = [
  // An int for the difference of two u64, at a smaller scale. With 7 bits pages 128 apart look the
  // same, as pages 2^32 apart do with an int.
  canary('delta-truncated', 'B06; review m1lfrihj2n.fsf@dinechin.org', farApart, LOST, [
    BATCH,
    'BigInt.asIntN(64, offset - batch.offset)',
    'BigInt.asIntN(7, offset - batch.offset)',
  ]),
  on(
    [WHOLE_BATCH],
    canary(
      'only-first-page-bounded',
      'B07; kvm.git 9a13921dd3',
      beyondTheSlot,
      ['G1', LAST_ROUND],
      [BATCH, 'if (BigInt.asUintN(64, offset + fls(mask)) >= npages) return;', ''],
    ),
  ),
  canary(
    'as-id-dropped-by-reset',
    'B10; review 20191203191328.GD19877@linux.intel.com',
    'dirty-ring@repaired/two-spaces',
    LOST,
    [BATCH, 'memslotOf(kvm, slot)', 'memslotOf(kvm, slot & 0xffff)'],
  ),
  on(
    [WHOLE_BATCH],
    canary(
      'wrapped-offset',
      'B11; CVE-2026-52969',
      'dirty-ring@repaired/wrapped-offset',
      ['G1', LAST_ROUND],
      [BATCH, 'version.rejectsWrappedOffset && offset >= npages', 'false'],
    ),
  ),
  canary('reset-without-end', 'B16; 49005a2a3d2a', longReset, ['G2'], NO_SIGNAL),
  // The count of entries is an int, which wraps to 0 after 2^32 of them; here it has one bit.
  canary('count-wraps-to-zero', 'B16; 530a8ba71b4c', twoPages, LOST, [
    IOCTL,
    'cleared += taken;',
    'cleared = (cleared + taken) & 1;',
  ]),
  canary('signal-after-batch', 'B18; review aC4taDzB45fUNQJr@google.com', longReset, ['G2'], NO_SIGNAL, [
    RESET,
    'if (batch && !grown) kvm_reset_dirty_gfn(mem, kvm, batch, version);',
    `if (batch && !grown) {
      kvm_reset_dirty_gfn(mem, kvm, batch, version);
      if (kvm.arch.signal_pending(mem)) { batch = { slot, offset, mask: 1n }; error = -EINTR; break; }
    }`,
    'const slot = mem.load(entry.slot);',
    'const offset = mem.load64(entry.offset);',
    'let batch; let error = 0;',
  ]),
  canary('signal-drops-batch', 'B19; reading 6.17', 'dirty-ring@repaired/signal', LOST, [
    RESET,
    'if (!version.repaired) return { taken, error: -EINTR };',
    'return { taken, error: -EINTR };',
  ]),
  canary(
    'ring-flush-after-unlock',
    'B20; reading 6.17',
    twoResetters,
    LOST,
    [IOCTL, 'if (version.repaired && cleared > 0)', 'if (false)'],
    [IOCTL, 'if (!version.repaired && cleared > 0)', 'if (cleared > 0)'],
  ),
  canary(
    'reset-beyond-pushed',
    'B21; reading 6.17; Paolo Bonzini, January 2020',
    'dirty-ring@repaired/never-pushed',
    ['F-3'],
    [RESET, 'if (version.repaired && reset_index === mem.load(ring.dirty_index)) break;', ''],
  ),
  canary('batch-rejected-whole', 'B22; reading 6.17', 'dirty-ring@repaired/slot-shrinks', LOST, WHOLE_BATCH),
  // Nothing has no highest bit: a shift by what is found there is undefined, and crashes here.
  on(
    [
      [
        RESET,
        'if (batch) kvm_reset_dirty_gfn(mem, kvm, batch, version); return { taken, error };',
        'kvm_reset_dirty_gfn(mem, kvm, batch ?? { slot: 0, offset: 0n, mask: 0n }, version); return { taken, error };',
      ],
    ],
    canary('empty-batch', 'B24; 6.1 beside 6.12', 'dirty-ring@repaired/handed-over', CRASH, [
      BATCH,
      'BigInt(mask.toString(2).length - 1)',
      'BigInt(mask === 0n ? NaN : mask.toString(2).length - 1)',
    ]),
  ),
  canary('count-overwritten', 'B25; review Z4S3JTP71zdJFJqD', 'dirty-ring@repaired/shared-page', LOST, [
    IOCTL,
    'cleared += taken;',
    'cleared = taken;',
  ]),
  canary(
    'request-cleared-by-reset',
    'B26; review of August 2022',
    fullEachTime,
    ['F-9'],
    [
      IOCTL,
      'cleared += taken;',
      'cleared += taken; if ((mem.load(ring.dirty_index) - mem.load(ring.reset_index)) >>> 0 < ring.soft_limit) mem.store(ring.request, 0);',
      'function KVM_RESET_DIRTY_RINGS(mem',
      'for (const ring of rings)',
    ],
  ),
  // At the soft limit, as nothing gets further in a scenario that is right.
  on(
    [
      [
        IOCTL,
        'cleared += taken;',
        'cleared += taken; mem.wake(ring.reset_index);',
        'function KVM_RESET_DIRTY_RINGS(mem',
        'for (const ring of rings)',
      ],
    ],
    canary(
      'push-sleeps-under-lock',
      'B27; cover letter 20191221014938.58831-1',
      intoLeeway,
      ['nothing sleeps under a spinlock', 'L4'],
      [
        PUSH,
        'if (used >= ring.size) mem.fetchAdd(ring.warned, 1);',
        'if (used >= ring.soft_limit) mem.wait(ring.reset_index, reset_index);',
        'const reset_index = version.repaired ?',
      ],
    ),
  ),
  // Not from history: orders, locks, bounds.
  on(
    [WHOLE_BATCH],
    canary(
      'slot-id-unchecked',
      'userspace writes slots, too',
      slotRewritten,
      [...CRASH, LAST_ROUND],
      [BATCH, 'if (memslot === undefined) return;', ''],
    ),
  ),
  canary(
    'unflagged-skipped',
    '20200120024717-mutt-send-email-mst@kernel.org: in order, and no skipping',
    oneOfTwo,
    ['F-2'],
    [
      RESET,
      'if (!harvested(mem, entry.flags, version)) break;',
      'if (!harvested(mem, entry.flags, version)) { if (reset_index === mem.load(ring.dirty_index)) break; reset_index = (reset_index + 1) >>> 0; continue; }',
      'function kvm_dirty_ring_reset(mem, kvm, ring',
      'let reset_index = mem.load(ring.reset_index);',
    ],
  ),
  canary(
    'flags-cleared-before-read',
    'Linux, kvm_dirty_ring_reset: the order of its accesses',
    'dirty-ring@repaired/no-leeway',
    ['F-4'],
    [RESET, 'if (version.acquireRelease) mem.storeRelease(entry.flags, 0);', 'if (version.acquireRelease);'],
    [
      RESET,
      'const slot = mem.load(entry.slot);',
      'mem.storeRelease(entry.flags, 0); const slot = mem.load(entry.slot);',
    ],
  ),
  canary(
    'reset-index-before-read',
    'Linux, kvm_dirty_ring_reset: the order of its accesses',
    'dirty-ring@repaired/no-leeway',
    ['F-2'],
    NO_RESET_INDEX,
    [
      RESET,
      'const slot = mem.load(entry.slot);',
      'mem.storeRelease(ring.reset_index, (reset_index + 1) >>> 0); const slot = mem.load(entry.slot);',
      'function kvm_dirty_ring_reset(mem, kvm, ring',
      'let reset_index = mem.load(ring.reset_index);',
    ],
  ),
  canary(
    'reset-index-before-flags',
    'Linux, kvm_dirty_ring_reset: the order of its accesses',
    'dirty-ring@repaired/no-leeway',
    ['F-2'],
    NO_RESET_INDEX,
    [
      RESET,
      'if (version.acquireRelease) mem.storeRelease(entry.flags, 0);',
      'mem.storeRelease(ring.reset_index, (reset_index + 1) >>> 0); if (version.acquireRelease) mem.storeRelease(entry.flags, 0);',
      'function kvm_dirty_ring_reset(mem, kvm, ring',
      'let reset_index = mem.load(ring.reset_index);',
    ],
  ),
  canary(
    'ring-no-flush',
    'Linux, kvm_dirty_ring_reset: the order of its accesses',
    'dirty-ring@repaired/dirty-again',
    LOST,
    [IOCTL, 'if (version.repaired && cleared > 0)', 'if (false)'],
  ),
  underRc11(
    canary('reset-no-acquire', '8929bc965964', 'dirty-ring@repaired/handed-over', LOST, [
      RESET,
      'mem.loadAcquire(flags)',
      'mem.load(flags)',
    ]),
  ),
  underRc11(
    canary(
      'reset-index-no-release',
      'reading 6.12: only the leeway stands between a reset and the push over its entry',
      'dirty-ring@repaired/no-leeway',
      LOST,
      [
        RESET,
        'if (version.repaired) mem.storeRelease(ring.reset_index, reset_index);',
        'if (version.repaired) mem.store(ring.reset_index, reset_index);',
      ],
    ),
  ),
  // What was checked is not what is used, and nothing else looks at it.
  on(
    [
      [BATCH, 'if (version.rejectsWrappedOffset && offset >= npages) return;', ''],
      [BATCH, 'if (BigInt.asUintN(64, offset + fls(mask)) >= npages) return;', ''],
    ],
    canary(
      'offset-read-twice',
      'userspace rewrites an entry between check and use',
      rewritten,
      ['F-4', 'G1'],
      [
        RESET,
        'const grown = batch && extendBatch(batch, slot, offset);',
        'const used = mem.load64(entry.offset); const grown = batch && extendBatch(batch, slot, used);',
        'function kvm_dirty_ring_reset(mem, kvm, ring',
        'const entry = dirtyGfnAt(ring, reset_index);',
      ],
      [RESET, 'batch = grown ?? { slot, offset, mask: 1n };', 'batch = grown ?? { slot, offset: used, mask: 1n };'],
    ),
  ),
  canary(
    'ring-no-mmu-lock',
    'the mail: mmu_lock around the re-arm',
    'dirty-ring@repaired/dirty-again',
    ['G5', ...LOST],
    [BATCH, 'mem.lock(kvm.mmu_lock);', ''],
    [BATCH, 'mem.unlock(kvm.mmu_lock);', ''],
  ),
  canary(
    'ring-no-slots-lock',
    'the mail: slots_lock around the reset; aCSns6Q5oTkdXUEe@google.com',
    'dirty-ring@repaired/two-resetters',
    ['G5', 'F-1', 'F-2'],
    [IOCTL, 'mem.lock(kvm.slots_lock);', ''],
    [IOCTL, 'mem.unlock(kvm.slots_lock);', ''],
  ),
  canary(
    'idle-ring-stops-others',
    'KVM_RESET_DIRTY_RINGS: all rings',
    'dirty-ring@repaired/shared-page',
    ['F-5'],
    [IOCTL, 'if (error !== 0) break;', 'if (taken === 0) break;', 'const { taken, error } = reset('],
  ),
  canary(
    'batch-replaced',
    'fb04a1eddb1a: the batch that the next entry does not fit',
    'dirty-ring@repaired/two-spaces',
    LOST,
    [RESET, 'if (batch && !grown) kvm_reset_dirty_gfn(mem, kvm, batch, version);', ''],
  ),
  canary(
    'ring-last-batch-forgotten',
    'fb04a1eddb1a: the batch that is open at the end',
    'dirty-ring@repaired/dirty-again',
    LOST,
    [
      RESET,
      'if (batch) kvm_reset_dirty_gfn(mem, kvm, batch, version); return { taken, error };',
      'return { taken, error };',
    ],
  ),
];
