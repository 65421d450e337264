import { LOST } from '#dist/trackers/scenarios/trackerScenario.js';
import { collect, host, hostWrite, setSlot, userspace, vcpu, write } from '#dist/vm/actorSpecs.js';
import { type Canary, type EditOf, on } from './canary.ts';
import { canary, TRACKER, vm } from './dirtyBitmapScenarios.ts';

/** The master property makes a last round, which may be the one that goes wrong. */
const [LAST_ROUND] = LOST;

const IOCTL = 'trackers/dirtyBitmap/ioctl';
const lastWord = vm('last-word', [vcpu(0, write(0, 32)), userspace(collect)], { slots: [{ slot: 0, npages: 33 }] });
/** The host sets the bit of a page that is armed, and the hardware of a vCPU logs it. */
const loggedMeanwhile = vm('logged-meanwhile', [vcpu(0, write(0)), host(hostWrite(0)), userspace(collect)], {
  slots: [{ slot: 0, npages: 1 }],
  pml: 1,
});
/**
 * The built-in two-logs with its actors in another order: the search of states finds the bug early.
 */
const twoLogs = vm('two-logs', [userspace(collect), vcpu(1, write(0)), vcpu(0, write(0))], {
  slots: [{ slot: 0, npages: 1 }],
  pml: 1,
  rings: [
    { size: 2, leeway: 0 },
    { size: 2, leeway: 0 },
  ],
});
/** The host is on its way to a page as the slot loses it. */
const onTheWay = vm('on-the-way', [host(hostWrite(1)), userspace(setSlot(0, 1), collect)], {
  slots: [{ slot: 0, npages: 2 }],
});
const manualThree = vm('manual-three', [vcpu(0, write(0), write(0)), userspace(collect)], {
  slots: [{ slot: 0, npages: 3 }],
  manualProtect: 'on',
});

/**
 * A slot shrinks while another thread clears, and the host is about to write the page that goes.
 */
const shrinksMeanwhile = vm(
  'shrinks-meanwhile',
  [host(hostWrite(1), hostWrite(1)), userspace(setSlot(0, 1)), { ...userspace(collect), name: 'clearer' }],
  { manualProtect: 'on' },
);

/** GET flushes at its end. */
const flushOfGet = 'if (flush) kvm.arch.flush_remote_tlbs(mem); mem.unlock(kvm.slots_lock);';
const snapshot = 'const mask = (mem.xchg(word(i), 0) & lowBitsMask(npages - i * WORD)) >>> 0;';
/**
 * GET flushes only if a page was writable. This is right: other pages have no cached translation.
 */
const FLUSH_IF_CHANGED: readonly EditOf[] = [
  [
    IOCTL,
    'flush = true; kvm.arch.enable_log_dirty_pt_masked(mem, slot, BigInt(i * WORD), BigInt(mask)); buffer[i] = mask;',
    'flush = kvm.arch.enable_log_dirty_pt_masked(mem, slot, BigInt(i * WORD), BigInt(mask)) || flush; buffer[i] = mask;',
  ],
  [
    'guest/mmu',
    'const pages = guest.slots.get(slot); for',
    'const pages = guest.slots.get(slot); let changed = false; for',
  ],
];
/** Says whether it was so; the page changes and is looked at in one step. */
const PROTECT_AND_SAY: EditOf = [
  'guest/mmu',
  'mem.store(pages[Number(page)].armed, ARMED); }',
  'if (mem.xchg(pages[Number(page)].armed, ARMED) === WRITABLE) changed = true; } return changed;',
];

/** Of the bitmap: GET_DIRTY_LOG and CLEAR_DIRTY_LOG. */
export const dirtyBitmapIoctl: readonly Canary[] = [
  // Nothing is lost by it: the next snapshot has the pages of this one, too.
  canary(
    'snapshot-keeps-log',
    'B43; Firecracker #4543',
    'dirty-bitmap/dirty-again',
    ['D2', 'D1'],
    [IOCTL, 'mem.xchg(word(i), 0)', 'mem.load(word(i))'],
  ),
  canary(
    'bitmap-no-flush',
    'B45; comment at kvm_get_dirty_log_protect',
    'dirty-bitmap/dirty-again',
    ['D12'],
    [IOCTL, flushOfGet, 'mem.unlock(kvm.slots_lock);'],
  ),
  canary(
    'flush-before-protect',
    'B45; comment at kvm_get_dirty_log_protect',
    'dirty-bitmap/dirty-again',
    ['D12'],
    [IOCTL, flushOfGet, 'mem.unlock(kvm.slots_lock);'],
    [
      IOCTL,
      'let flush = false; mem.lock(kvm.slots_lock);',
      'let flush = false; mem.lock(kvm.slots_lock); kvm.arch.flush_remote_tlbs(mem);',
    ],
  ),
  canary(
    'bitmap-flush-after-unlock',
    'B45; comment at kvm_get_dirty_log_protect',
    'dirty-bitmap/dirty-again',
    ['D12'],
    [IOCTL, flushOfGet, 'mem.unlock(kvm.slots_lock); if (flush) kvm.arch.flush_remote_tlbs(mem);'],
  ),
  canary(
    'protect-before-clear',
    'B45; comment at kvm_get_dirty_log_protect',
    'dirty-bitmap/dirty-again',
    ['D2'],
    [IOCTL, snapshot, snapshot.replace('mem.xchg(word(i), 0)', 'mem.load(word(i))')],
    [
      IOCTL,
      'buffer[i] = mask;',
      'buffer[i] = mask; mem.fetchAnd(word(i), ~mask);',
      'function KVM_GET_DIRTY_LOG(mem, kvm, { slot, words, word }, buffer)',
    ],
  ),
  // Only the order is wrong: the bit of a write between protection and clearing is lost.
  canary(
    'cleared-after-unlock',
    'B45; comment at kvm_get_dirty_log_protect',
    'dirty-bitmap/dirty-again',
    ['D2'],
    [IOCTL, snapshot, snapshot.replace('mem.xchg(word(i), 0)', 'mem.load(word(i))')],
    [
      IOCTL,
      `mem.unlock(kvm.mmu_lock); ${flushOfGet}`,
      `mem.unlock(kvm.mmu_lock); for (let i = 0; i < words; i++) if (buffer[i] !== 0) mem.fetchAnd(word(i), ~buffer[i]); ${flushOfGet}`,
      'function KVM_GET_DIRTY_LOG(mem, kvm, { slot, words, word }, buffer)',
    ],
  ),
  canary(
    'clear-no-flush',
    'B45; with manual protection',
    'dirty-bitmap/manual',
    ['D12'],
    [IOCTL, 'if (flush) kvm.arch.flush_remote_tlbs(mem); }', '}'],
  ),
  // Each page is aged as soon as it is mapped: it is not writable any more, as for access tracking.
  // Its translation stays, as ageing does not flush. 3: aged.
  on(
    [
      FLUSH_IF_CHANGED[1],
      PROTECT_AND_SAY,
      [
        'actors/vcpu',
        "if (fault === 'mapped') cacheTranslation(mem, vcpu, page);",
        "if (fault === 'mapped') { cacheTranslation(mem, vcpu, page); mem.store(page.armed, 3); }",
      ],
    ],
    canary('aged-not-flushed', 'B46; b64d740ea7dd', 'dirty-bitmap/dirty-again', ['D12'], FLUSH_IF_CHANGED[0]),
  ),
  // The fault of vCPU 1 found the dirty bit clear. It maps the page with a clear bit (3), over the
  // bit that the other vCPU has set since.
  on(
    [...FLUSH_IF_CHANGED, PROTECT_AND_SAY],
    canary(
      'dirty-overwritten',
      'B47; review of two racing faults',
      twoLogs,
      ['D12'],
      [
        'guest/pml',
        'if (mem.cmpxchg(page.armed, ARMED, WRITABLE) === ARMED) {',
        'if (vcpu === 1) mem.store(page.armed, 3); const clear = vcpu === 1 ? 3 : ARMED; if (mem.cmpxchg(page.armed, clear, WRITABLE) === clear) {',
        'function walkAndLog(mem, pml, vcpu, page)',
      ],
    ),
  ),
  canary(
    'clear-one-page-short',
    'B49; 1aa4bb916808',
    'dirty-bitmap/manual',
    ['D6'],
    [
      IOCTL,
      'if (mask === 0) continue; flush = true; kvm.arch.enable_log_dirty_pt_masked(mem, slot, BigInt(at * WORD), BigInt(mask)',
      'if (mask === 0) continue; flush = true; kvm.arch.enable_log_dirty_pt_masked(mem, slot, BigInt(at * WORD), BigInt(mask & lowBitsMask(num_pages - 1 - i * WORD))',
      'function KVM_CLEAR_DIRTY_LOG(mem, kvm, { slot, word }, { first_page, num_pages',
      'let i = 0;',
    ],
  ),
  // Userspace asks for pages that the slot has not, which the subject refuses.
  on(
    [
      [
        TRACKER,
        'const num_pages = npagesOf(mem, bitmap.slot);',
        'KVM_CLEAR_DIRTY_LOG(mem, this.kvm, bitmap, { first_page: 64, num_pages: 64, bits: [1] }); const num_pages = npagesOf(mem, bitmap.slot);',
      ],
    ],
    canary(
      'clear-range-unchecked',
      'B50; 98938aa8edd6',
      'dirty-bitmap/manual',
      ['no operation crashes', LAST_ROUND],
      [IOCTL, 'if (valid) {', 'if (true) {'],
    ),
  ),
  canary(
    'clear-range-before-lock',
    'B50; 98938aa8edd6: the range, and the slot that it lies in',
    shrinksMeanwhile,
    ['G1'],
    [
      IOCTL,
      'mem.lock(kvm.slots_lock); const npages = npagesOf(mem, slot); const ends',
      'const npages = npagesOf(mem, slot); mem.lock(kvm.slots_lock); const ends',
    ],
  ),
  canary(
    'clear-too-strict',
    'B50; 76d58e0f07ec',
    'dirty-bitmap/manual',
    ['D8', 'D6'],
    [IOCTL, '(num_pages % 64 === 0 || ends === npages)', 'num_pages % 64 === 0'],
  ),
  on(
    [...FLUSH_IF_CHANGED, PROTECT_AND_SAY],
    canary(
      'protected-in-two-accesses',
      'B53; locking.rst',
      loggedMeanwhile,
      ['D12'],
      [
        'guest/mmu',
        'if (mem.xchg(pages[Number(page)].armed, ARMED) === WRITABLE) changed = true; }',
        'const was = mem.load(pages[Number(page)].armed); mem.store(pages[Number(page)].armed, ARMED); if (was === WRITABLE) changed = true; }',
      ],
    ),
  ),
  canary(
    'snapshot-not-atomic',
    'Linux, mark_page_dirty_in_slot: set_bit, as 63 neighbours share the word',
    'dirty-bitmap/dirty-again',
    ['D11'],
    [IOCTL, 'mem.xchg(word(i), 0)', '((old) => (mem.store(word(i), 0), old))(mem.load(word(i)))'],
  ),
  canary(
    'clear-not-atomic',
    'Linux, mark_page_dirty_in_slot: set_bit, as 63 neighbours share the word',
    'dirty-bitmap/manual',
    ['D11'],
    [
      IOCTL,
      'mem.fetchAnd(word(at), ~asked)',
      '((old) => (mem.store(word(at), old & ~asked), old))(mem.load(word(at)))',
    ],
  ),
  canary(
    'manual-get-clears',
    'Linux, api.rst 7.18: with manual protection GET only looks',
    'dirty-bitmap/manual',
    ['D5'],
    [IOCTL, 'buffer[i] = mem.load(word(i));', 'buffer[i] = mem.xchg(word(i), 0);'],
  ),
  canary(
    'clear-takes-all',
    'Linux, api.rst 4.121: CLEAR takes the bits that it is given',
    'dirty-bitmap/manual',
    ['D9'],
    [IOCTL, 'mem.fetchAnd(word(at), ~asked)', 'mem.fetchAnd(word(at), 0)'],
  ),
  // Userspace names page 2 each time, which is never written.
  canary(
    'clear-arms-all',
    'Linux, api.rst 4.121: CLEAR takes the bits that it is given',
    manualThree,
    ['D6'],
    [TRACKER, 'const bits = bitsOf(bitmap, gfns);', 'const bits = bitsOf(bitmap, gfns).map((of) => of && of | 4);'],
    [
      IOCTL,
      'const mask = (mem.fetchAnd(word(at), ~asked) & asked &',
      'const mask = ((mem.fetchAnd(word(at), ~asked) | asked) & asked &',
    ],
  ),
  canary(
    'last-word-skipped',
    'Linux, kvm_get_dirty_log_protect: every word',
    lastWord,
    ['D1', LAST_ROUND],
    [IOCTL, 'for (let i = 0; i < words; i++) { buffer[i] = 0;', 'for (let i = 0; i < words - 1; i++) { buffer[i] = 0;'],
  ),
  canary(
    'freed-bit-taken',
    'the bitmap is freed with its slot',
    onTheWay,
    ['G1', LAST_ROUND],
    [IOCTL, '(mem.xchg(word(i), 0) & lowBitsMask(npages - i * WORD)) >>> 0', 'mem.xchg(word(i), 0)'],
  ),
  canary(
    'get-no-mmu-lock',
    'Linux, kvm_get_dirty_log_protect: mmu_lock around the walk',
    'dirty-bitmap/dirty-again',
    ['D2'],
    [IOCTL, 'mem.lock(kvm.slots_lock); mem.lock(kvm.mmu_lock);', 'mem.lock(kvm.slots_lock);'],
    [IOCTL, `mem.unlock(kvm.mmu_lock); ${flushOfGet}`, flushOfGet],
  ),
  canary(
    'get-no-slots-lock',
    'Linux, kvm_vm_ioctl_get_dirty_log: slots_lock around all of it',
    'dirty-bitmap/dirty-again',
    ['D12'],
    [IOCTL, 'mem.lock(kvm.slots_lock); mem.lock(kvm.mmu_lock);', 'mem.lock(kvm.mmu_lock);'],
    [IOCTL, flushOfGet, flushOfGet.replace('mem.unlock(kvm.slots_lock);', '')],
  ),
  canary(
    'clear-no-mmu-lock',
    'Linux, kvm_get_dirty_log_protect: mmu_lock around the walk',
    'dirty-bitmap/manual',
    ['D2'],
    [IOCTL, 'let flush = false; mem.lock(kvm.mmu_lock);', 'let flush = false;'],
    [
      IOCTL,
      'mem.unlock(kvm.mmu_lock); if (flush) kvm.arch.flush_remote_tlbs(mem); }',
      'if (flush) kvm.arch.flush_remote_tlbs(mem); }',
    ],
  ),
  canary(
    'clear-no-slots-lock',
    'Linux, kvm_vm_ioctl_get_dirty_log: slots_lock around all of it',
    'dirty-bitmap/manual',
    ['D12'],
    [
      IOCTL,
      'mem.lock(kvm.slots_lock); const npages = npagesOf(mem, slot); const ends',
      'const npages = npagesOf(mem, slot); const ends',
    ],
    [IOCTL, 'mem.unlock(kvm.slots_lock); return valid', 'return valid'],
  ),
];
