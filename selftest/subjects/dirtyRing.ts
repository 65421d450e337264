import { LOST } from '#dist/trackers/scenarios/trackerScenario.js';
import { collect, userspace, vcpu, write } from '#dist/vm/actorSpecs.js';
import { type Canary, COPIED_BEFORE_RESET, LOG_NOT_DRAINED, on, underRc11 } from './canary.ts';
import { CRASH, canary, fullEachTime, intoLeeway, PUSH, twoPages, vm } from './dirtyRingScenarios.ts';

const HARVEST = 'trackers/dirtyRing/harvest';
const RING = 'trackers/dirtyRing/dirty_ring';
const TRACKER = 'trackers/dirtyRing/dirtyRing';

const logOfTwo = vm('log-of-two', [vcpu(0, write(0, 1)), userspace(collect)], {
  rings: [{ size: 4, leeway: 2 }],
  pml: 2,
});
/** Of the merged ring: pushes, harvests and machines. */
export const dirtyRing: readonly Canary[] = [
  canary(
    'as-id-dropped-by-push',
    'B10; review 20191203191328.GD19877@linux.intel.com',
    'dirty-ring@repaired/two-spaces',
    ['F-4'],
    [PUSH, 'mem.write(entry.slot, slot);', 'mem.write(entry.slot, slot & 0xffff);'],
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
      [RING, 'return { dirty_index,', "return { freed: cell('freed'), dirty_index,", "cell('dirty_index')"],
      [
        PUSH,
        'const entry = dirtyGfnAt(ring, dirty_index);',
        'const entry = mem.load(ring.freed) ? undefined : dirtyGfnAt(ring, dirty_index);',
        'function kvm_dirty_ring_push(mem, ring',
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
      'function vcpuWrite(mem, vm, vcpu, pages)',
    ]),
  ),
  underRc11(
    canary('flags-plain', 'B14; 8929bc965964', 'dirty-ring@repaired/handed-over', LOST, [
      'trackers/dirtyRing/versions',
      'rejectsWrappedOffset: true, repaired: true }',
      'rejectsWrappedOffset: true, repaired: true, acquireRelease: false }',
    ]),
  ),
  canary('backup-bitmap-not-written', 'B15; c57351a75d01', 'dirty-ring@repaired/host-write', LOST, [
    TRACKER,
    'if (vcpu !== undefined) this.push',
    'if (vcpu === undefined) return true; if (vcpu !== undefined) this.push',
  ]),
  canary(
    'page-log-reversed',
    'B17; 37c3ddfe5238',
    logOfTwo,
    ['F-2'],
    ['actors/vcpu', 'mem.load(entries[i])', 'mem.load(entries[count - 1 - i])', 'const count = mem.load(used);'],
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
  // The instruction that writes page 1 is emulated: its write uses no translation, and is not
  // recorded.
  canary('emulated-write-not-marked', 'B31; 910c57dfa4d1', twoPages, LOST, [
    'actors/vcpu',
    'export function writePage(mem, vm, vcpu, page) {',
    `export function writePage(mem, vm, vcpu, page) {
      if (page.offset === 1) { mem.fetchAdd(page.version, 1); return true; }`,
  ]),
  underRc11(
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
  // The thread of a vCPU maps its ring before it runs. A harvest finds the vCPU in the list
  // earlier.
  canary(
    'reap-before-mapped',
    'B34; QEMU 56adee407fc5',
    'dirty-ring@repaired/dirty-again',
    CRASH,
    [RING, 'return { dirty_index,', "return { mapped: cell('mapped'), dirty_index,", "cell('dirty_index')"],
    [
      'actors/vcpu',
      'export function enterGuest(mem, vm, vcpu) {',
      'export function enterGuest(mem, vm, vcpu) { mem.store(vm.tracker.rings[vcpu].mapped, 1);',
    ],
    [
      HARVEST,
      'const entry = dirtyGfnAt(ring, first + gfns.length);',
      'const entry = mem.load(ring.mapped) ? dirtyGfnAt(ring, first + gfns.length) : undefined;',
      'function dirty_ring_harvest(mem, ring',
    ],
  ),
  // A ring of 2^n entries is mapped with 2^n bytes, which holds a sixteenth of the entries. Here
  // that is at least one, as a mapping has at least a page.
  canary('mapped-by-entries', 'B35; QEMU dcafa2482777', 'dirty-ring@repaired/dirty-again', CRASH, [
    HARVEST,
    'const entry = dirtyGfnAt(ring, first + gfns.length);',
    'const entry = ring.dirty_gfns.slice(0, Math.ceil(ring.size / 16))[(first + gfns.length) & (ring.size - 1)];',
  ]),
  canary('ring-copied-before-reset', 'B36; api.rst 8.29', 'dirty-ring@repaired/dirty-again', LOST, COPIED_BEFORE_RESET),
  canary(
    'ring-log-not-drained',
    'B38; QEMU, kvm_dirty_ring_flush',
    'dirty-ring@repaired/page-log',
    LOST,
    LOG_NOT_DRAINED,
  ),

  underRc11(
    canary(
      'flags-no-wmb',
      'smp_wmb in kvm_dirty_ring_push',
      'dirty-ring@repaired/handed-over',
      ['no page is reported that was never written', ...LOST],
      [PUSH, 'mem.wmb();', ''],
    ),
  ),
  underRc11(
    canary(
      'harvest-no-acquire',
      '8929bc965964',
      'dirty-ring@repaired/handed-over',
      ['no page is reported that was never written', ...LOST],
      [HARVEST, 'mem.loadAcquire(entry.flags)', 'mem.load(entry.flags)'],
    ),
  ),
  underRc11(
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
    [
      HARVEST,
      'gfns.push({ slot:',
      'mem.storeRelease(entry.flags, F_RESET); gfns.push({ slot:',
      'function dirty_ring_harvest(mem, ring',
      'const entry = dirtyGfnAt(ring, first + gfns.length);',
    ],
  ),
  canary('ring-no-mask', 'fb04a1eddb1a: indices run free', 'dirty-ring@repaired/wrap', CRASH, [
    RING,
    'ring.dirty_gfns[index & (ring.size - 1)]',
    'ring.dirty_gfns[index]',
  ]),
];
