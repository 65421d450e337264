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
} from '../../scenario/parties.ts';
import { type ActorSpec, SCHEMA, type VmSpec } from '../../scenario/spec.ts';
import type { Canary } from '../canary.ts';
import type { Edit } from '../patch.ts';

const LOST = ['no dirty page is ever lost', 'NL1'];
/** The master property makes a last round, which may be the one that goes wrong. */
const LAST_ROUND = 'no dirty page is ever lost';
const CRASH = ['no operation crashes'];

const PUSH = 'trackers/dirtyRing/push';
const RESET = 'trackers/dirtyRing/reset';
const BATCH = 'trackers/dirtyRing/reset_dirty_gfn';
const IOCTL = 'trackers/dirtyRing/ioctl';
const HARVEST = 'trackers/dirtyRing/harvest';
const RING = 'trackers/dirtyRing/dirty_ring';
const TRACKER = 'trackers/dirtyRing/dirtyRing';

/** A canary in a built-in scenario, by its name, or in one of its own. */
function canary(
  name: string,
  source: string,
  scenario: string | VmSpec,
  expectedBy: readonly string[],
  ...edits: readonly Edit[]
): Canary {
  return {
    ...{ name, source, expectedBy, edits },
    tracker: 'dirty-ring@repaired',
    scenario: typeof scenario === 'string' ? `dirty-ring@repaired/${scenario}` : scenario,
    memoryModel: 'sc',
  };
}

const weak = (of: Canary): Canary => ({ ...of, memoryModel: 'weak' });

const vm = (name: string, actors: readonly ActorSpec[], shape: Partial<VmSpec> = {}): VmSpec => ({
  schema: SCHEMA,
  name,
  tracker: 'dirty-ring@repaired',
  rings: [{ size: 2, leeway: 1 }],
  slots: [{ slot: 0, npages: 2 }],
  index: 0,
  actors,
  sometimes: [],
  ...shape,
});

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
/** A page is copied while its other resetter is still at it. */
const twoResetters = vm('two-resetters', [vcpu(0, write(0)), userspace(collect), kernel(0, reset)], {
  slots: [{ slot: 0, npages: 1 }],
});
/** A ring is filled anew while one thread harvests and another resets. */
const filledAnew = vm(
  'filled-anew',
  [vcpu(0, write(0), write(1), write(2), halt), userspace(serve), kernel(0, reset)],
  { rings: [{ size: 2, leeway: 0 }], slots: [{ slot: 0, npages: 3 }] },
);
const twoPages = vm('two-pages', [vcpu(0, write(0, 1)), userspace(collect)], { rings: [{ size: 4, leeway: 2 }] });
const logOfTwo = vm('log-of-two', [vcpu(0, write(0, 1)), userspace(collect)], {
  rings: [{ size: 4, leeway: 2 }],
  pml: 2,
});
/** An offset that is rewritten between two reads of it. */
const rewritten = vm('rewritten', [vcpu(0, write(0)), userspace(collect), hostile(poke(0, 8, 64, 7))], {
  slots: [{ slot: 0, npages: 1 }],
});

/** As merged, the batch is looked at, and not each of its entries: the repair of B22 covers other bounds. */
const wholeBatch: Edit = {
  file: RESET,
  from: 'if (version.repaired && !hasPage(mem, kvm, { slot, offset })) continue;',
  to: '',
};
const noSignal: Edit = {
  file: RESET,
  from: 'if (version.interruptible && kvm.arch.signal_pending(mem)) {',
  to: 'if (false) {',
};

/** The ring as merged, repaired: each defect of its versions is a repair that is taken away. */
export const dirtyRing: readonly Canary[] = [
  // An int for the difference of two u64, at a smaller scale: 7 bits, so that pages 128 apart look the same, as pages 2^32 apart do.
  canary('delta-truncated', 'B06; review m1lfrihj2n.fsf@dinechin.org', farApart, LOST, {
    file: BATCH,
    from: 'BigInt.asIntN(64, offset - batch.offset)',
    to: 'BigInt.asIntN(7, offset - batch.offset)',
  }),
  canary('only-first-page-bounded', 'B07; kvm.git 9a13921dd3', 'slot-shrinks', ['G1'], wholeBatch, {
    file: BATCH,
    from: 'if (BigInt.asUintN(64, offset + fls(mask)) >= npages) return;',
    to: '',
  }),
  canary('as-id-dropped-by-push', 'B10; review 20191203191328.GD19877@linux.intel.com', 'two-spaces', ['F-4'], {
    file: PUSH,
    from: 'mem.write(entry.slot, slot);',
    to: 'mem.write(entry.slot, slot & 0xffff);',
  }),
  canary('as-id-dropped-by-reset', 'B10; review 20191203191328.GD19877@linux.intel.com', 'two-spaces', LOST, {
    file: BATCH,
    from: 'memslotOf(kvm, slot)',
    to: 'memslotOf(kvm, slot & 0xffff)',
  }),
  canary('wrapped-offset', 'B11; CVE-2026-52969', 'wrapped-offset', ['G1', LAST_ROUND], wholeBatch, {
    file: BATCH,
    from: 'version.rejectsWrappedOffset && offset >= npages',
    to: 'false',
  }),
  canary('no-vcpu-dereferenced', 'B12; CVE-2021-4095', 'host-write', CRASH, {
    file: TRACKER,
    from: 'if (vcpu !== undefined) kvm_dirty_ring_push',
    to: 'if (true) kvm_dirty_ring_push',
  }),
  canary('no-vcpu-dropped', 'B12; the warning that came of CVE-2021-4095', 'host-write', LOST, {
    file: TRACKER,
    from: 'this.bitmaps = backupBitmap ? kvm.memslots.map((slot) => layBitmap(layout, slot)) : [];',
    to: 'this.bitmaps = [];',
  }),
  // A vCPU that is destroyed writes its steal time: right as long as its ring is there.
  canary(
    'ring-freed-before-vcpu',
    'B13; CVE-2022-1263',
    'dirty-again',
    CRASH,
    {
      file: 'actors/vcpu',
      from: 'export function halt(mem, vm) {',
      to: `export function halt(mem, vm) {
        mem.store(vm.tracker.rings[0].freed, 1);
        mem.fetchAdd(vm.guest.pages[0].version, 1);
        vm.tracker.mark(mem, gfnOf(vm.guest.pages[0]), 0);`,
    },
    { file: RING, from: 'return { dirty_index,', to: "return { freed: cell('freed'), dirty_index," },
    {
      file: PUSH,
      from: 'const entry = entryAt(ring, dirty_index);',
      to: 'const entry = mem.load(ring.freed) ? undefined : entryAt(ring, dirty_index);',
    },
  ),
  weak(
    canary('flags-plain', 'B14; 8929bc965964', 'handed-over', LOST, {
      file: 'trackers/dirtyRing/versions',
      from: 'rejectsWrappedOffset: true, repaired: true }',
      to: 'rejectsWrappedOffset: true, repaired: true, acquireRelease: false }',
    }),
  ),
  canary('backup-bitmap-passed-over', 'B15; c57351a75d01', 'host-write', LOST, {
    file: TRACKER,
    from: 'if (vcpu !== undefined) kvm_dirty_ring_push',
    to: 'if (vcpu === undefined) return true; if (vcpu !== undefined) kvm_dirty_ring_push',
  }),
  canary('reset-without-end', 'B16; 530a8ba71b4c, 49005a2a3d2a', longReset, ['G2'], noSignal, {
    file: RESET,
    from: 'while (!version.interruptible || cleared + taken < INT_MAX) {',
    to: 'while (true) {',
  }),
  canary('page-log-reversed', 'B17; 37c3ddfe5238', logOfTwo, ['F-2'], {
    file: 'actors/vcpu',
    from: 'mem.load(entries[i])',
    to: 'mem.load(entries[count - 1 - i])',
  }),
  canary('signal-after-batch', 'B18; review aC4taDzB45fUNQJr@google.com', longReset, ['G2'], noSignal, {
    file: RESET,
    from: 'if (batch && !grown) kvm_reset_dirty_gfn(mem, kvm, batch, version);',
    to: `if (batch && !grown) {
      kvm_reset_dirty_gfn(mem, kvm, batch, version);
      if (kvm.arch.signal_pending(mem)) { batch = { slot, offset, mask: 1n }; error = -EINTR; break; }
    }`,
  }),
  canary('signal-drops-batch', 'B19; reading 6.17', 'signal', LOST, {
    file: RESET,
    from: 'if (!version.repaired) return { taken, error: -EINTR };',
    to: 'return { taken, error: -EINTR };',
  }),
  canary(
    'ring-flush-after-unlock',
    'B20; reading 6.17',
    twoResetters,
    LOST,
    { file: IOCTL, from: 'if (version.repaired && cleared > 0)', to: 'if (false)' },
    { file: IOCTL, from: 'if (!version.repaired && cleared > 0)', to: 'if (cleared > 0)' },
  ),
  canary('reset-beyond-pushed', 'B21; reading 6.17; Paolo Bonzini, January 2020', 'never-pushed', ['F-3'], {
    file: RESET,
    from: 'if (version.repaired && reset_index === mem.load(ring.dirty_index)) break;',
    to: '',
  }),
  canary('batch-rejected-whole', 'B22; reading 6.17', 'slot-shrinks', LOST, wholeBatch),
  // Nothing has no highest bit: a shift by what is found there is undefined, and crashes here.
  canary(
    'empty-batch',
    'B24; 6.1 beside 6.12',
    'handed-over',
    CRASH,
    {
      file: BATCH,
      from: 'BigInt(mask.toString(2).length - 1)',
      to: 'BigInt(mask === 0n ? NaN : mask.toString(2).length - 1)',
    },
    {
      file: RESET,
      from: 'if (batch) kvm_reset_dirty_gfn(mem, kvm, batch, version); return { taken, error };',
      to: 'kvm_reset_dirty_gfn(mem, kvm, batch ?? { slot: 0, offset: 0n, mask: 0n }, version); return { taken, error };',
    },
  ),
  canary('count-overwritten', 'B25; review Z4S3JTP71zdJFJqD', 'shared-page', LOST, {
    file: IOCTL,
    from: 'cleared += taken;',
    to: 'cleared = taken;',
  }),
  canary('request-cleared-by-reset', 'B26; review of August 2022', fullEachTime, ['F-9'], {
    file: IOCTL,
    from: 'cleared += taken;',
    to: 'cleared += taken; if ((mem.load(ring.dirty_index) - mem.load(ring.reset_index)) >>> 0 < ring.soft_limit) mem.store(ring.request, 0);',
  }),
  // At the soft limit, as nothing gets further in a scenario that is right.
  canary(
    'push-sleeps-under-lock',
    'B27; cover letter 20191221014938.58831-1',
    intoLeeway,
    ['R12', 'L4'],
    {
      file: PUSH,
      from: 'if (used >= ring.size) mem.fetchAdd(ring.warned, 1);',
      to: 'if (used >= ring.soft_limit) mem.wait(ring.reset_index, reset_index);',
    },
    { file: IOCTL, from: 'cleared += taken;', to: 'cleared += taken; mem.wake(ring.reset_index);' },
  ),
  canary('ring-gated-on-bitmap', 'B29; fixed in v4 of the series', 'dirty-again', LOST, {
    file: TRACKER,
    from: 'if (vcpu !== undefined) kvm_dirty_ring_push',
    to: 'if (this.bitmaps.length === 0) return true; if (vcpu !== undefined) kvm_dirty_ring_push',
  }),
  canary('ring-initially-set', 'B30; QEMU 7.2, comment in kvm-all.c', 'dirty-again', LOST, {
    file: TRACKER,
    from: 'armsAtStart = true;',
    to: 'armsAtStart = false;',
  }),
  // The instruction that writes page 1 is emulated: its write goes through no translation, and nobody records it.
  canary('emulated-write-not-marked', 'B31; 910c57dfa4d1', twoPages, LOST, {
    file: 'actors/vcpu',
    from: 'export function writePage(mem, vm, vcpu, page) {',
    to: `export function writePage(mem, vm, vcpu, page) {
      if (page.offset === 1) { mem.fetchAdd(page.version, 1); return true; }`,
  }),
  weak(
    canary('harvest-no-release', 'B32; QEMU 52281c6d11ec', 'handed-over', LOST, {
      file: HARVEST,
      from: 'mem.storeRelease(entry.flags, F_RESET);',
      to: 'mem.store(entry.flags, F_RESET);',
    }),
  ),
  canary('reset-count-asserted', 'B33; QEMU, kvm_dirty_ring_reap_locked', 'two-resetters', CRASH, {
    file: 'actors/userspace',
    from: 'resetDirtyPages(mem, vm, gfns);',
    to: "if (resetDirtyPages(mem, vm, gfns) !== gfns.length) throw new Error('assertion failed: total == ret');",
  }),
  // The thread of a vCPU maps its ring before it runs; who harvests finds the vCPU in the list already.
  canary(
    'reap-before-mapped',
    'B34; QEMU 56adee407fc5',
    'dirty-again',
    CRASH,
    { file: RING, from: 'return { dirty_index,', to: "return { mapped: cell('mapped'), dirty_index," },
    {
      file: 'actors/vcpu',
      from: 'export function enterGuest(mem, vm, vcpu) {',
      to: 'export function enterGuest(mem, vm, vcpu) { mem.store(vm.tracker.rings[vcpu].mapped, 1);',
    },
    {
      file: HARVEST,
      from: 'const entry = entryAt(ring, first + gfns.length);',
      to: 'const entry = mem.load(ring.mapped) ? entryAt(ring, first + gfns.length) : undefined;',
    },
  ),
  // A ring of 2^n entries gets 2^n bytes: those of a sixteenth of the entries, and here of one at least, as a mapping has a page at least.
  canary('mapped-by-entries', 'B35; QEMU dcafa2482777', 'dirty-again', CRASH, {
    file: HARVEST,
    from: 'const entry = entryAt(ring, first + gfns.length);',
    to: 'const entry = ring.dirty_gfns.slice(0, Math.ceil(ring.size / 16))[(first + gfns.length) & (ring.size - 1)];',
  }),
  canary('ring-copied-before-reset', 'B36; api.rst 8.29', 'dirty-again', LOST, {
    file: 'actors/userspace',
    from: `const gfns = vm.tracker.harvest(mem);
      resetAll(mem, vm, gfns);
      for (const gfn of gfns) copyPage(mem, vm, gfn);`,
    to: `const gfns = vm.tracker.harvest(mem);
      for (const gfn of gfns) copyPage(mem, vm, gfn);
      resetAll(mem, vm, gfns);`,
  }),
  canary('ring-log-not-drained', 'B38; QEMU, kvm_dirty_ring_flush', 'page-log', LOST, {
    file: 'actors/vcpu',
    from: 'const count = mem.load(used);',
    to: 'const count = mem.load(used) * 0;',
  }),

  // Not from history: orders, locks, bounds.
  canary(
    'flags-cleared-before-read',
    'Linux, kvm_dirty_ring_reset: the order of its accesses',
    'no-leeway',
    ['F-4'],
    {
      file: RESET,
      from: 'if (version.acquireRelease) mem.storeRelease(entry.flags, 0);',
      to: 'if (version.acquireRelease);',
    },
    {
      file: RESET,
      from: 'const slot = mem.load(entry.slot);',
      to: 'mem.storeRelease(entry.flags, 0); const slot = mem.load(entry.slot);',
    },
  ),
  canary(
    'reset-index-before-read',
    'Linux, kvm_dirty_ring_reset: the order of its accesses',
    'no-leeway',
    ['F-2'],
    { file: RESET, from: 'if (version.repaired) mem.storeRelease(ring.reset_index, reset_index);', to: ';' },
    { file: RESET, from: 'else mem.store(ring.reset_index, reset_index);', to: '' },
    {
      file: RESET,
      from: 'const slot = mem.load(entry.slot);',
      to: 'mem.storeRelease(ring.reset_index, (reset_index + 1) >>> 0); const slot = mem.load(entry.slot);',
    },
  ),
  canary(
    'reset-index-before-flags',
    'Linux, kvm_dirty_ring_reset: the order of its accesses',
    'no-leeway',
    ['F-2'],
    { file: RESET, from: 'if (version.repaired) mem.storeRelease(ring.reset_index, reset_index);', to: ';' },
    { file: RESET, from: 'else mem.store(ring.reset_index, reset_index);', to: '' },
    {
      file: RESET,
      from: 'if (version.acquireRelease) mem.storeRelease(entry.flags, 0);',
      to: 'mem.storeRelease(ring.reset_index, (reset_index + 1) >>> 0); if (version.acquireRelease) mem.storeRelease(entry.flags, 0);',
    },
  ),
  canary('ring-no-flush', 'Linux, kvm_dirty_ring_reset: the order of its accesses', 'dirty-again', LOST, {
    file: IOCTL,
    from: 'if (version.repaired && cleared > 0)',
    to: 'if (false)',
  }),
  weak(
    canary(
      'flags-no-wmb',
      'smp_wmb in kvm_dirty_ring_push',
      'handed-over',
      ['no page is reported that nobody wrote', ...LOST],
      {
        file: PUSH,
        from: 'mem.wmb();',
        to: '',
      },
    ),
  ),
  weak(
    canary('harvest-no-acquire', '8929bc965964', 'handed-over', ['no page is reported that nobody wrote', ...LOST], {
      file: HARVEST,
      from: 'mem.loadAcquire(entry.flags)',
      to: 'mem.load(entry.flags)',
    }),
  ),
  weak(
    canary('reset-no-acquire', '8929bc965964', 'handed-over', LOST, {
      file: RESET,
      from: 'mem.loadAcquire(flags)',
      to: 'mem.load(flags)',
    }),
  ),
  weak(
    canary(
      'reset-index-no-release',
      'reading 6.12: only the leeway stands between a reset and the push over its entry',
      'no-leeway',
      LOST,
      {
        file: RESET,
        from: 'if (version.repaired) mem.storeRelease(ring.reset_index, reset_index);',
        to: 'if (version.repaired) mem.store(ring.reset_index, reset_index);',
      },
    ),
  ),
  weak(
    canary(
      'push-no-acquire',
      'reading 6.12: only the leeway stands between a reset and the push over its entry',
      'no-leeway',
      LOST,
      {
        file: PUSH,
        from: 'mem.loadAcquire(ring.reset_index)',
        to: 'mem.load(ring.reset_index)',
      },
    ),
  ),
  canary(
    'flags-before-payload',
    'comment at smp_wmb in dirty_ring.c',
    'handed-over',
    ['F-4'],
    { file: PUSH, from: 'mem.write(entry.flags, F_DIRTY);', to: '' },
    {
      file: PUSH,
      from: 'mem.write(entry.slot, slot);',
      to: 'mem.write(entry.flags, F_DIRTY); mem.write(entry.slot, slot);',
    },
  ),
  canary(
    'index-after-flags',
    'docs/trackers.md: the bound of B21 alone, with the push of 6.17',
    'dirty-again',
    ['F-5', ...LOST],
    { file: PUSH, from: 'if (version.repaired) mem.store(ring.dirty_index, dirty_index + 1);', to: '' },
    {
      file: PUSH,
      from: 'if (!version.repaired) mem.store(ring.dirty_index, dirty_index + 1);',
      to: 'mem.store(ring.dirty_index, dirty_index + 1);',
    },
  ),
  canary(
    'extra-entry',
    '20241214010721.2356923-1: a hack that marks an extra page went unnoticed',
    twoPages,
    ['F-4', 'F-2'],
    {
      file: TRACKER,
      from: 'if (vcpu !== undefined) kvm_dirty_ring_push(mem, this.rings[vcpu], gfn, this.version);',
      to: `if (vcpu !== undefined) {
      kvm_dirty_ring_push(mem, this.rings[vcpu], gfn, this.version);
      kvm_dirty_ring_push(mem, this.rings[vcpu], { ...gfn, offset: gfn.offset + 1n }, this.version);
    }`,
    },
  ),
  canary('soft-full-not-requested', 'cf87ac739e48', fullEachTime, ['F-9'], {
    file: PUSH,
    from: 'if (version.softFullRequest && kvm_dirty_ring_soft_full(mem, ring))',
    to: 'if (false)',
  }),
  canary('soft-full-asked-once', 'cf87ac739e48', fullEachTime, ['F-9'], {
    file: PUSH,
    from: 'mem.store(ring.request, 1); // still full: the next entry must look again',
    to: '',
  }),
  canary('soft-full-one-late', 'Linux, api.rst 8.29', fullEachTime, ['F-9'], {
    file: PUSH,
    from: '>>> 0 >= ring.soft_limit',
    to: '>>> 0 > ring.soft_limit',
  }),
  canary('ring-no-leeway', 'Linux, api.rst 8.29', intoLeeway, ['F-9', 'F-10'], {
    file: RING,
    from: 'const soft_limit = size - leeway;',
    to: 'const soft_limit = size;',
  }),
  canary(
    'harvest-flags-before-read',
    'Linux, api.rst 8.29',
    filledAnew,
    LOST,
    { file: HARVEST, from: 'mem.storeRelease(entry.flags, F_RESET);', to: '' },
    { file: HARVEST, from: 'gfns.push({ slot:', to: 'mem.storeRelease(entry.flags, F_RESET); gfns.push({ slot:' },
  ),
  canary('ring-no-mask', 'fb04a1eddb1a: indices run free', 'wrap', CRASH, {
    file: RING,
    from: 'ring.dirty_gfns[index & (ring.size - 1)]',
    to: 'ring.dirty_gfns[index]',
  }),
  // What was checked is not what is used, and nothing else looks at it.
  canary(
    'offset-read-twice',
    'userspace rewrites an entry between check and use',
    rewritten,
    ['F-4', 'G1'],
    {
      file: RESET,
      from: 'const grown = batch && coalesce(batch, slot, offset);',
      to: 'const used = mem.load64(entry.offset); const grown = batch && coalesce(batch, slot, used);',
    },
    {
      file: RESET,
      from: 'batch = grown ?? { slot, offset, mask: 1n };',
      to: 'batch = grown ?? { slot, offset: used, mask: 1n };',
    },
    { file: BATCH, from: 'if (version.rejectsWrappedOffset && offset >= npages) return;', to: '' },
    { file: BATCH, from: 'if (BigInt.asUintN(64, offset + fls(mask)) >= npages) return;', to: '' },
  ),
  canary(
    'ring-no-mmu-lock',
    'the mail: mmu_lock around the re-arm',
    'dirty-again',
    ['G5', ...LOST],
    { file: BATCH, from: 'mem.lock(kvm.mmu_lock);', to: '' },
    { file: BATCH, from: 'mem.unlock(kvm.mmu_lock);', to: '' },
  ),
  canary(
    'ring-no-slots-lock',
    'the mail: slots_lock around the reset; aCSns6Q5oTkdXUEe@google.com',
    'two-resetters',
    ['G5', 'F-1', 'F-2'],
    { file: IOCTL, from: 'mem.lock(kvm.slots_lock);', to: '' },
    { file: IOCTL, from: 'mem.unlock(kvm.slots_lock);', to: '' },
  ),
  canary('idle-ring-stops-others', 'KVM_RESET_DIRTY_RINGS: all rings', 'shared-page', ['F-5'], {
    file: IOCTL,
    from: 'if (error !== 0) break;',
    to: 'if (taken === 0) break;',
  }),
  canary('batch-replaced', 'fb04a1eddb1a: the batch that the next entry does not fit', 'two-spaces', LOST, {
    file: RESET,
    from: 'if (batch && !grown) kvm_reset_dirty_gfn(mem, kvm, batch, version);',
    to: '',
  }),
  canary('ring-last-batch-forgotten', 'fb04a1eddb1a: the batch that is open at the end', 'dirty-again', LOST, {
    file: RESET,
    from: 'if (batch) kvm_reset_dirty_gfn(mem, kvm, batch, version); return { taken, error };',
    to: 'return { taken, error };',
  }),
];

/*
 * What history knows of this tracker and no canary shows:
 * - B23: entries outlive their slot in the subject as well, as a write may come between the last round and the change. Nothing is lost by it, as the slot that
 *   comes back is copied whole; what is left is a page too many.
 * - Reset clears flags without release: that keeps the reads of the entry before it, which is load buffering, and no execution of `weak`. A push goes by
 *   reset_index, whose release has a canary.
 */
