import { LOST, ONE_PAGE } from '#dist/trackers/scenarios/trackerScenario.js';
import {
  collect,
  halt,
  host,
  hostile,
  kernel,
  poke,
  reset,
  serve,
  signalTo,
  userspace,
  vcpu,
  write,
} from '#dist/vm/actorSpecs.js';
import { type Canary, canariesOf, type EditOf, on, vmOf, weak } from './canary.ts';

/** The master property makes a last round, which may be the one that goes wrong. */
const [LAST_ROUND] = LOST;
const CRASH = ['no operation crashes'];

const PUSH = 'trackers/dirtyRing/push';
const RESET = 'trackers/dirtyRing/reset';
const BATCH = 'trackers/dirtyRing/reset_dirty_gfn';
const IOCTL = 'trackers/dirtyRing/ioctl';
const HARVEST = 'trackers/dirtyRing/harvest';
const RING = 'trackers/dirtyRing/dirty_ring';
const TRACKER = 'trackers/dirtyRing/dirtyRing';

const canary = canariesOf('dirty-ring@repaired');
const vm = vmOf('dirty-ring@repaired', [{ size: 2, leeway: 1 }]);

/** Pages as far apart as the mask of a batch is long. */
const farApart = vm('far-apart', [vcpu(0, write(0, 128)), userspace(collect)], {
  slots: [{ slot: 0, npages: 130 }],
});
/** The ring is full with each entry, and emptied three times. */
const fullEachTime = vm('full-each-time', [vcpu(0, write(0), write(1), write(0), halt), userspace(serve)]);
/** Two pages in one entry of the guest: the second goes to the leeway. */
const intoLeeway = vm('into-leeway', [vcpu(0, write(0), write(0, 1), halt), userspace(serve)]);
/** While one reset goes on, userspace flags anew what it has taken; more was pushed than the ring has. */
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
const twoPages = vm('two-pages', [vcpu(0, write(0, 1)), userspace(collect)], { rings: [{ size: 4, leeway: 2 }] });
const logOfTwo = vm('log-of-two', [vcpu(0, write(0, 1)), userspace(collect)], {
  rings: [{ size: 4, leeway: 2 }],
  pml: 2,
});
/** An offset that is rewritten between two reads of it. */
const rewritten = vm('rewritten', [vcpu(0, write(0)), userspace(collect), hostile(poke(0, 8, 64, 7))], ONE_PAGE);

/** As merged, the batch is looked at, and not each of its entries: the repair of B22 covers other bounds. */
const WHOLE_BATCH: EditOf = [RESET, 'if (version.repaired && !hasPage(mem, kvm, { slot, offset })) continue;', ''];
const NO_SIGNAL: EditOf = [RESET, 'if (version.interruptible && kvm.arch.signal_pending(mem)) {', 'if (false) {'];

/** The ring as merged, repaired: each defect of its versions is a repair that is taken away. */
export const dirtyRing: readonly Canary[] = [
  // An int for the difference of two u64, at a smaller scale: 7 bits, so that pages 128 apart look the same, as pages 2^32 apart do.
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
    'as-id-dropped-by-push',
    'B10; review 20191203191328.GD19877@linux.intel.com',
    'dirty-ring@repaired/two-spaces',
    ['F-4'],
    [PUSH, 'mem.write(entry.slot, slot);', 'mem.write(entry.slot, slot & 0xffff);'],
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
  canary('no-vcpu-dereferenced', 'B12; CVE-2021-4095', 'dirty-ring@repaired/host-write', CRASH, [
    TRACKER,
    'if (vcpu !== undefined) this.push',
    'if (true) this.push',
  ]),
  canary('no-vcpu-dropped', 'B12; the warning that came of CVE-2021-4095', 'dirty-ring@repaired/host-write', LOST, [
    TRACKER,
    'this.bitmaps = backupBitmap ? kvm.memslots.map((slot) => layBitmap(layout, slot)) : [];',
    'this.bitmaps = [];',
  ]),
  // Page 1 is where a vCPU that is destroyed writes its steal time; then its ring is freed.
  on(
    [
      [RING, 'return { dirty_index,', "return { freed: cell('freed'), dirty_index,"],
      [
        PUSH,
        'const entry = dirtyGfnAt(ring, dirty_index);',
        'const entry = mem.load(ring.freed) ? undefined : dirtyGfnAt(ring, dirty_index);',
      ],
      [
        'actors/vcpu',
        'leaveGuest(mem, vm, vcpu); } export function haltActor',
        'leaveGuest(mem, vm, vcpu); mem.store(vm.tracker.rings[vcpu].freed, 1); } export function haltActor',
      ],
    ],
    canary('ring-freed-before-vcpu', 'B13; CVE-2022-1263', twoPages, CRASH, [
      'actors/vcpu',
      'for (const page of pages) if (!writePage',
      'for (const page of pages) if (page.offset === 1) mem.store(vm.tracker.rings[vcpu].freed, 1); for (const page of pages) if (!writePage',
    ]),
  ),
  weak(
    canary('flags-plain', 'B14; 8929bc965964', 'dirty-ring@repaired/handed-over', LOST, [
      'trackers/dirtyRing/versions',
      'rejectsWrappedOffset: true, repaired: true }',
      'rejectsWrappedOffset: true, repaired: true, acquireRelease: false }',
    ]),
  ),
  canary('backup-bitmap-passed-over', 'B15; c57351a75d01', 'dirty-ring@repaired/host-write', LOST, [
    TRACKER,
    'if (vcpu !== undefined) this.push',
    'if (vcpu === undefined) return true; if (vcpu !== undefined) kvm_dirty_ring_push',
  ]),
  canary('reset-without-end', 'B16; 49005a2a3d2a', longReset, ['G2'], NO_SIGNAL),
  // The count of entries is an int, which wraps to 0 after 2^32 of them; here it has one bit.
  canary('count-wraps-to-zero', 'B16; 530a8ba71b4c', twoPages, LOST, [
    IOCTL,
    'cleared += taken;',
    'cleared = (cleared + taken) & 1;',
  ]),
  canary(
    'page-log-reversed',
    'B17; 37c3ddfe5238',
    logOfTwo,
    ['F-2'],
    ['actors/vcpu', 'mem.load(entries[i])', 'mem.load(entries[count - 1 - i])'],
  ),
  canary('signal-after-batch', 'B18; review aC4taDzB45fUNQJr@google.com', longReset, ['G2'], NO_SIGNAL, [
    RESET,
    'if (batch && !grown) kvm_reset_dirty_gfn(mem, kvm, batch, version);',
    `if (batch && !grown) {
      kvm_reset_dirty_gfn(mem, kvm, batch, version);
      if (kvm.arch.signal_pending(mem)) { batch = { slot, offset, mask: 1n }; error = -EINTR; break; }
    }`,
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
    ],
  ),
  // At the soft limit, as nothing gets further in a scenario that is right.
  on(
    [[IOCTL, 'cleared += taken;', 'cleared += taken; mem.wake(ring.reset_index);']],
    canary(
      'push-sleeps-under-lock',
      'B27; cover letter 20191221014938.58831-1',
      intoLeeway,
      ['R12', 'L4'],
      [
        PUSH,
        'if (used >= ring.size) mem.fetchAdd(ring.warned, 1);',
        'if (used >= ring.soft_limit) mem.wait(ring.reset_index, reset_index);',
      ],
    ),
  ),
  canary('ring-gated-on-bitmap', 'B29; fixed in v4 of the series', 'dirty-ring@repaired/dirty-again', LOST, [
    TRACKER,
    'if (vcpu !== undefined) this.push',
    'if (this.bitmaps.length === 0) return true; if (vcpu !== undefined) kvm_dirty_ring_push',
  ]),
  canary('ring-initially-set', 'B30; QEMU 7.2, comment in kvm-all.c', 'dirty-ring@repaired/dirty-again', LOST, [
    TRACKER,
    'armsAtStart = true;',
    'armsAtStart = false;',
  ]),
  // The instruction that writes page 1 is emulated: its write goes through no translation, and nobody records it.
  canary('emulated-write-not-marked', 'B31; 910c57dfa4d1', twoPages, LOST, [
    'actors/vcpu',
    'export function writePage(mem, vm, vcpu, page) {',
    `export function writePage(mem, vm, vcpu, page) {
      if (page.offset === 1) { mem.fetchAdd(page.version, 1); return true; }`,
  ]),
  weak(
    canary('harvest-no-release', 'B32; QEMU 52281c6d11ec', 'dirty-ring@repaired/handed-over', LOST, [
      HARVEST,
      'mem.storeRelease(entry.flags, F_RESET);',
      'mem.store(entry.flags, F_RESET);',
    ]),
  ),
  canary('reset-count-asserted', 'B33; QEMU, kvm_dirty_ring_reap_locked', 'dirty-ring@repaired/two-resetters', CRASH, [
    'actors/userspace',
    'resetDirtyPages(mem, vm, gfns);',
    "if (resetDirtyPages(mem, vm, gfns) !== gfns.length) throw new Error('assertion failed: total == ret');",
  ]),
  // The thread of a vCPU maps its ring before it runs; who harvests finds the vCPU in the list already.
  canary(
    'reap-before-mapped',
    'B34; QEMU 56adee407fc5',
    'dirty-ring@repaired/dirty-again',
    CRASH,
    [RING, 'return { dirty_index,', "return { mapped: cell('mapped'), dirty_index,"],
    [
      'actors/vcpu',
      'export function enterGuest(mem, vm, vcpu) {',
      'export function enterGuest(mem, vm, vcpu) { mem.store(vm.tracker.rings[vcpu].mapped, 1);',
    ],
    [
      HARVEST,
      'const entry = dirtyGfnAt(ring, first + gfns.length);',
      'const entry = mem.load(ring.mapped) ? dirtyGfnAt(ring, first + gfns.length) : undefined;',
    ],
  ),
  // A ring of 2^n entries gets 2^n bytes: those of a sixteenth of the entries, and here of one at least, as a mapping has a page at least.
  canary('mapped-by-entries', 'B35; QEMU dcafa2482777', 'dirty-ring@repaired/dirty-again', CRASH, [
    HARVEST,
    'const entry = dirtyGfnAt(ring, first + gfns.length);',
    'const entry = ring.dirty_gfns.slice(0, Math.ceil(ring.size / 16))[(first + gfns.length) & (ring.size - 1)];',
  ]),
  canary('ring-copied-before-reset', 'B36; api.rst 8.29', 'dirty-ring@repaired/dirty-again', LOST, [
    'actors/userspace',
    `const gfns = vm.tracker.harvest(mem);
      resetAll(mem, vm, gfns);
      for (const gfn of gfns) copyPage(mem, vm, gfn);`,
    `const gfns = vm.tracker.harvest(mem);
      for (const gfn of gfns) copyPage(mem, vm, gfn);
      resetAll(mem, vm, gfns);`,
  ]),
  canary('ring-log-not-drained', 'B38; QEMU, kvm_dirty_ring_flush', 'dirty-ring@repaired/page-log', LOST, [
    'actors/vcpu',
    'const count = mem.load(used);',
    'const count = mem.load(used) * 0;',
  ]),

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
    [
      RESET,
      'if (version.repaired) mem.storeRelease(ring.reset_index, reset_index); else mem.store(ring.reset_index, reset_index);',
      '',
    ],
    [
      RESET,
      'const slot = mem.load(entry.slot);',
      'mem.storeRelease(ring.reset_index, (reset_index + 1) >>> 0); const slot = mem.load(entry.slot);',
    ],
  ),
  canary(
    'reset-index-before-flags',
    'Linux, kvm_dirty_ring_reset: the order of its accesses',
    'dirty-ring@repaired/no-leeway',
    ['F-2'],
    [
      RESET,
      'if (version.repaired) mem.storeRelease(ring.reset_index, reset_index); else mem.store(ring.reset_index, reset_index);',
      '',
    ],
    [
      RESET,
      'if (version.acquireRelease) mem.storeRelease(entry.flags, 0);',
      'mem.storeRelease(ring.reset_index, (reset_index + 1) >>> 0); if (version.acquireRelease) mem.storeRelease(entry.flags, 0);',
    ],
  ),
  canary(
    'ring-no-flush',
    'Linux, kvm_dirty_ring_reset: the order of its accesses',
    'dirty-ring@repaired/dirty-again',
    LOST,
    [IOCTL, 'if (version.repaired && cleared > 0)', 'if (false)'],
  ),
  weak(
    canary(
      'flags-no-wmb',
      'smp_wmb in kvm_dirty_ring_push',
      'dirty-ring@repaired/handed-over',
      ['no page is reported that nobody wrote', ...LOST],
      [PUSH, 'mem.wmb();', ''],
    ),
  ),
  weak(
    canary(
      'harvest-no-acquire',
      '8929bc965964',
      'dirty-ring@repaired/handed-over',
      ['no page is reported that nobody wrote', ...LOST],
      [HARVEST, 'mem.loadAcquire(entry.flags)', 'mem.load(entry.flags)'],
    ),
  ),
  weak(
    canary('reset-no-acquire', '8929bc965964', 'dirty-ring@repaired/handed-over', LOST, [
      RESET,
      'mem.loadAcquire(flags)',
      'mem.load(flags)',
    ]),
  ),
  weak(
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
  weak(
    canary(
      'push-no-acquire',
      'reading 6.12: only the leeway stands between a reset and the push over its entry',
      'dirty-ring@repaired/no-leeway',
      LOST,
      [PUSH, 'mem.loadAcquire(ring.reset_index)', 'mem.load(ring.reset_index)'],
    ),
  ),
  canary(
    'flags-before-payload',
    'comment at smp_wmb in dirty_ring.c',
    'dirty-ring@repaired/handed-over',
    ['F-4'],
    [PUSH, 'mem.write(entry.flags, F_DIRTY);', ''],
    [PUSH, 'mem.write(entry.slot, slot);', 'mem.write(entry.flags, F_DIRTY); mem.write(entry.slot, slot);'],
  ),
  canary(
    'index-after-flags',
    'docs/trackers.md: the bound of B21 alone, with the push of 6.17',
    'dirty-ring@repaired/dirty-again',
    ['F-5', ...LOST],
    [PUSH, 'if (version.repaired) mem.store(ring.dirty_index, dirty_index + 1);', ''],
    [
      PUSH,
      'if (!version.repaired) mem.store(ring.dirty_index, dirty_index + 1);',
      'mem.store(ring.dirty_index, dirty_index + 1);',
    ],
  ),
  canary(
    'extra-entry',
    '20241214010721.2356923-1: a hack that marks an extra page went unnoticed',
    twoPages,
    ['F-4', 'F-2'],
    [
      TRACKER,
      'if (vcpu !== undefined) this.push(mem, vcpu, gfn);',
      `if (vcpu !== undefined) {
      this.push(mem, vcpu, gfn);
      this.push(mem, vcpu, { ...gfn, offset: gfn.offset + 1n });
    }`,
    ],
  ),
  canary(
    'soft-full-not-requested',
    'cf87ac739e48',
    fullEachTime,
    ['F-9'],
    [PUSH, 'if (version.softFullRequest && kvm_dirty_ring_soft_full(mem, ring))', 'if (false)'],
  ),
  canary(
    'soft-full-asked-once',
    'cf87ac739e48',
    fullEachTime,
    ['F-9'],
    [PUSH, 'mem.store(ring.request, 1); return true;', 'return true;'],
  ),
  canary(
    'soft-full-one-late',
    'Linux, api.rst 8.29',
    fullEachTime,
    ['F-9'],
    [PUSH, '>>> 0 >= ring.soft_limit', '>>> 0 > ring.soft_limit'],
  ),
  canary(
    'ring-no-leeway',
    'Linux, api.rst 8.29',
    intoLeeway,
    ['F-9', 'F-10'],
    [RING, 'const soft_limit = size - leeway;', 'const soft_limit = size;'],
  ),
  canary(
    'harvest-flags-before-read',
    'Linux, api.rst 8.29',
    'dirty-ring@repaired/dirty-again',
    ['F-4'],
    [HARVEST, 'mem.storeRelease(entry.flags, F_RESET);', ''],
    [HARVEST, 'gfns.push({ slot:', 'mem.storeRelease(entry.flags, F_RESET); gfns.push({ slot:'],
  ),
  canary('ring-no-mask', 'fb04a1eddb1a: indices run free', 'dirty-ring@repaired/wrap', CRASH, [
    RING,
    'ring.dirty_gfns[index & (ring.size - 1)]',
    'ring.dirty_gfns[index]',
  ]),
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
        'const grown = batch && coalesce(batch, slot, offset);',
        'const used = mem.load64(entry.offset); const grown = batch && coalesce(batch, slot, used);',
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
    [IOCTL, 'if (error !== 0) break;', 'if (taken === 0) break;'],
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

/*
 * What history knows of this tracker and no canary shows:
 * - B23: entries outlive their slot in the subject as well, as a write may come between the last round and the change. Nothing is lost by it, as the slot that
 *   comes back is copied whole; what is left is a page too many.
 * - Reset clears flags without release: that keeps the reads of the entry before it, which is load buffering, and no execution of `weak`. A push goes by
 *   reset_index, whose release has a canary.
 */
