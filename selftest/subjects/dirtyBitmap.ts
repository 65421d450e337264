import { LOST } from '#dist/trackers/scenarios/trackerScenario.js';
import { collect, userspace, vcpu, write } from '#dist/vm/actorSpecs.js';
import { type Canary, COPIED_BEFORE_RESET, LOG_NOT_DRAINED } from './canary.ts';
import { canary, neighbours, TRACKER, vm } from './dirtyBitmapScenarios.ts';

const BITMAP = 'trackers/dirtyBitmap/bitmap';
const secondPage = vm('second-page', [vcpu(0, write(1)), userspace(collect)], { slots: [{ slot: 0, npages: 2 }] });
/** Of the bitmap: writes, harvests and machines. */
export const dirtyBitmap: readonly Canary[] = [
  canary('host-write-not-marked', 'B31; 910c57dfa4d1', 'dirty-bitmap/host-write', LOST, [
    'actors/host',
    'if (vm.tracker.mark(mem, gfn, undefined)) break;',
    'break;',
  ]),
  canary('copy-before-clear', 'B36; api.rst 7.18', 'dirty-bitmap/manual', ['D8'], COPIED_BEFORE_RESET),
  canary('slot-not-copied', 'B37; QEMU, kvm_set_phys_mem', 'dirty-bitmap/slot-reused', LOST, [
    'actors/slots',
    'for (let offset = 0; offset < npages; offset++) copyPage(mem, vm, { slot, offset: BigInt(offset) });',
    '',
  ]),
  canary('bitmap-log-not-drained', 'B38; QEMU, kvm_dirty_ring_flush', 'dirty-bitmap/page-log', LOST, LOG_NOT_DRAINED),
  canary(
    'clear-unread-bits',
    'B40; QEMU 9f4bf4baa8b8',
    'dirty-bitmap/manual',
    ['D9'],
    [TRACKER, 'const bits = bitsOf(bitmap, gfns);', 'const bits = bitsOf(bitmap, gfns).map(() => 0xffffffff);'],
  ),
  canary(
    'consumed-before-durable',
    'B42; Firecracker #4545',
    'dirty-bitmap/fails-after-copy',
    ['at each commit and rollback the copy is the guest'],
    [
      'actors/checkpoint',
      "if (failsAfter === 'copy') return rollBack(mem, vm, gate, gfns);",
      "if (failsAfter === 'copy') { resumeMachine(mem, gate, RUNNING); return []; }",
    ],
  ),
  // The entry one level up, which stands for two pages here, and is the place of the first.
  canary(
    'dirty-cleared-above',
    'B48; 45a61ebb2211',
    secondPage,
    ['D2', 'D3'],
    ['guest/mmu', 'mem.store(pages[Number(page)].armed, ARMED);', 'mem.store(pages[Number(page) & ~1].armed, ARMED);'],
  ),
  // In Linux a translation is read before it changes to another page. Here pages stay, and the slot
  // changes.
  canary(
    'looked-up-before-lock',
    'B52; locking.rst',
    'dirty-bitmap/slot-reused',
    LOST,
    ['actors/vcpu', "if (!hasPage(mem, kvm, gfn)) return 'no page';", ''],
    [
      'actors/vcpu',
      'mem.lock(kvm.mmu_lock); const fault = mapPage(mem, vm, vcpu, page);',
      "const there = hasPage(mem, kvm, gfnOf(page)); mem.lock(kvm.mmu_lock); const fault = there ? mapPage(mem, vm, vcpu, page) : 'no page';",
    ],
  ),
  canary(
    'host-marks-first',
    'B54; Linux, kvm_write_guest_page: the data first, then the mark',
    'dirty-bitmap/host-write',
    LOST,
    [
      'actors/host',
      'mem.fetchAdd(page.version, 1); for (;;) {',
      'vm.tracker.mark(mem, gfn, undefined); mem.fetchAdd(page.version, 1); for (; false; ) {',
      'function writeFromHost(mem, vm, page)',
      'const gfn = gfnOf(page);',
    ],
  ),
  canary(
    'extra-page',
    '20241214010721.2356923-1: a hack that went unnoticed',
    'dirty-bitmap/dirty-again',
    ['D1'],
    [BITMAP, '1 << (offset % WORD)', '3 << (offset % WORD)'],
  ),

  // Not from history: bits, locks, bounds.
  canary(
    'set-bit-not-atomic',
    'Linux, mark_page_dirty_in_slot: set_bit, as 63 neighbours share the word',
    neighbours,
    ['D11'],
    [BITMAP, 'mem.fetchOr(word, 1 << (offset % WORD));', 'mem.store(word, mem.load(word) | (1 << (offset % WORD)));'],
  ),
  canary(
    'set-bit-tried-once',
    'Linux, mark_page_dirty_in_slot: set_bit, as 63 neighbours share the word',
    neighbours,
    LOST,
    [
      BITMAP,
      'mem.fetchOr(word, 1 << (offset % WORD));',
      'const old = mem.load(word); mem.cmpxchg(word, old, (old | (1 << (offset % WORD))) >>> 0);',
    ],
  ),
  canary(
    'initially-set-forgotten',
    'Linux, api.rst 7.18: KVM_DIRTY_LOG_INITIALLY_SET',
    'dirty-bitmap/initially-set',
    [...LOST, 'NL5'],
    [TRACKER, 'const ones = this.armsAtStart ? 0 : npages;', 'const ones = 0;'],
  ),
  canary(
    'bits-outlive-slot',
    'the bitmap is freed with its slot',
    'dirty-bitmap/slot-reused',
    ['D13'],
    [TRACKER, 'if (of.slot === slot)', 'if (of.slot === slot && npages > 0)', 'slotChanged(mem, slot, npages)'],
  ),
];
