import { collect, host, hostWrite, setSlot, userspace, vcpu, write } from '../../scenario/parties.ts';
import { type ActorSpec, SCHEMA, type VmSpec } from '../../scenario/spec.ts';
import type { Canary } from '../canary.ts';
import type { Edit } from '../patch.ts';

const LOST = ['no dirty page is ever lost', 'NL1'];
/** The master property makes a last round, which may be the one that goes wrong. */
const LAST_ROUND = 'no dirty page is ever lost';

const IOCTL = 'trackers/dirtyBitmap/ioctl';
const BITMAP = 'trackers/dirtyBitmap/bitmap';
const TRACKER = 'trackers/dirtyBitmap/dirtyBitmap';

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
    tracker: 'dirty-bitmap',
    scenario: typeof scenario === 'string' ? `dirty-bitmap/${scenario}` : scenario,
    memoryModel: 'sc',
  };
}

const vm = (name: string, actors: readonly ActorSpec[], npages: number, shape: Partial<VmSpec> = {}): VmSpec => ({
  schema: SCHEMA,
  name,
  tracker: 'dirty-bitmap',
  rings: [{ size: 2, leeway: 0 }],
  slots: [{ slot: 0, npages }],
  index: 0,
  actors,
  sometimes: [],
  ...shape,
});

const secondPage = vm('second-page', [vcpu(0, write(1)), userspace(collect)], 2);
const lastWord = vm('last-word', [vcpu(0, write(0, 32)), userspace(collect)], 33);
/** Two writers to one word of the bitmap. */
const neighbours = vm('neighbours', [vcpu(0, write(0)), host(hostWrite(1)), userspace(collect)], 2);
/** The host sets the bit of a page that is armed, and the hardware of a vCPU logs it. */
const loggedMeanwhile = vm('logged-meanwhile', [vcpu(0, write(0)), host(hostWrite(0)), userspace(collect)], 1, {
  pml: 1,
});
/** The built-in two-logs, with its actors in another order: the search of all states comes to the bug early. */
const twoLogs = vm('two-logs', [userspace(collect), vcpu(1, write(0)), vcpu(0, write(0))], 1, {
  pml: 1,
  rings: [
    { size: 2, leeway: 0 },
    { size: 2, leeway: 0 },
  ],
});
/** The host is on its way to a page as the slot loses it. */
const onTheWay = vm('on-the-way', [host(hostWrite(1)), userspace(setSlot(0, 1), collect)], 2);
const manualThree = vm('manual-three', [vcpu(0, write(0), write(0)), userspace(collect)], 3, { manualProtect: 'on' });

/** GET flushes at its end. */
const flushOfGet = 'if (flush) kvm.arch.flush_remote_tlbs(mem); mem.unlock(kvm.slots_lock);';
const snapshot = 'const mask = (mem.xchg(word(i), 0) & lowest(npages - i * WORD)) >>> 0;';
/** GET flushes only where a page was writable. Right in itself: no translation is cached of one that is not. */
const flushIfChanged: readonly Edit[] = [
  {
    file: IOCTL,
    from: 'flush = true; kvm.arch.enable_log_dirty_pt_masked(mem, slot, BigInt(i * WORD), BigInt(mask));',
    to: 'flush = kvm.arch.enable_log_dirty_pt_masked(mem, slot, BigInt(i * WORD), BigInt(mask)) || flush;',
  },
  {
    file: 'guest/mmu',
    from: 'const pages = guest.slots.get(slot); for',
    to: 'const pages = guest.slots.get(slot); let changed = false; for',
  },
];
/** Says whether it was so; the page changes and is looked at in one step. */
const protectAndSay: Edit = {
  file: 'guest/mmu',
  from: 'mem.store(pages[Number(page)].armed, ARMED); }',
  to: 'if (mem.xchg(pages[Number(page)].armed, ARMED) === WRITABLE) changed = true; } return changed;',
};

/** The classic log. */
export const dirtyBitmap: readonly Canary[] = [
  canary('host-write-not-marked', 'B31; 910c57dfa4d1', 'host-write', LOST, {
    file: 'actors/host',
    from: 'if (vm.tracker.mark(mem, gfn, undefined)) break;',
    to: 'break;',
  }),
  canary('copy-before-clear', 'B36; api.rst 7.18', 'manual', ['D8'], {
    file: 'actors/userspace',
    from: `const gfns = vm.tracker.harvest(mem);
      resetAll(mem, vm, gfns);
      for (const gfn of gfns) copyPage(mem, vm, gfn);`,
    to: `const gfns = vm.tracker.harvest(mem);
      for (const gfn of gfns) copyPage(mem, vm, gfn);
      resetAll(mem, vm, gfns);`,
  }),
  canary('slot-not-copied', 'B37; QEMU, kvm_set_phys_mem', 'slot-reused', LOST, {
    file: 'actors/slots',
    from: 'for (let offset = 0; offset < npages; offset++) copyPage(mem, vm, { slot, offset: BigInt(offset) });',
    to: '',
  }),
  canary('bitmap-log-not-drained', 'B38; QEMU, kvm_dirty_ring_flush', 'page-log', LOST, {
    file: 'actors/vcpu',
    from: 'const count = mem.load(used);',
    to: 'const count = mem.load(used) * 0;',
  }),
  canary('clear-unread-bits', 'B40; QEMU 9f4bf4baa8b8', 'manual', ['D9'], {
    file: TRACKER,
    from: 'const bits = bitsOf(bitmap, gfns);',
    to: 'const bits = bitsOf(bitmap, gfns).map(() => 0xffffffff);',
  }),
  canary('consumed-before-durable', 'B42; Firecracker #4545', 'fails-after-copy', ['at each commit and rollback'], {
    file: 'actors/checkpoint',
    from: "if (failsAfter === 'copy') return rollBack(mem, vm, gate, gfns);",
    to: "if (failsAfter === 'copy') { goOn(mem, gate, RUNNING); return []; }",
  }),
  // Nothing is lost by it: the next snapshot has the pages of this one, too.
  canary('snapshot-keeps-log', 'B43; Firecracker #4543', 'dirty-again', ['D2', 'D1'], {
    file: IOCTL,
    from: 'mem.xchg(word(i), 0)',
    to: 'mem.load(word(i))',
  }),
  canary('bitmap-no-flush', 'B45; comment at kvm_get_dirty_log_protect', 'dirty-again', ['D12'], {
    file: IOCTL,
    from: flushOfGet,
    to: 'mem.unlock(kvm.slots_lock);',
  }),
  canary(
    'flush-before-protect',
    'B45; comment at kvm_get_dirty_log_protect',
    'dirty-again',
    ['D12'],
    { file: IOCTL, from: flushOfGet, to: 'mem.unlock(kvm.slots_lock);' },
    {
      file: IOCTL,
      from: 'let flush = false; mem.lock(kvm.slots_lock);',
      to: 'let flush = false; mem.lock(kvm.slots_lock); kvm.arch.flush_remote_tlbs(mem);',
    },
  ),
  canary('bitmap-flush-after-unlock', 'B45; comment at kvm_get_dirty_log_protect', 'dirty-again', ['D12'], {
    file: IOCTL,
    from: flushOfGet,
    to: 'mem.unlock(kvm.slots_lock); if (flush) kvm.arch.flush_remote_tlbs(mem);',
  }),
  canary(
    'protect-before-clear',
    'B45; comment at kvm_get_dirty_log_protect',
    'dirty-again',
    ['D2'],
    { file: IOCTL, from: snapshot, to: snapshot.replace('mem.xchg(word(i), 0)', 'mem.load(word(i))') },
    { file: IOCTL, from: 'buffer[i] = mask;', to: 'buffer[i] = mask; mem.fetchAnd(word(i), ~mask);' },
  ),
  // Here with nothing in its way but the order: the bit of who writes between protection and clearing goes, too.
  canary(
    'cleared-after-unlock',
    'B45; comment at kvm_get_dirty_log_protect',
    'dirty-again',
    ['D2'],
    { file: IOCTL, from: snapshot, to: snapshot.replace('mem.xchg(word(i), 0)', 'mem.load(word(i))') },
    {
      file: IOCTL,
      from: `mem.unlock(kvm.mmu_lock); ${flushOfGet}`,
      to: `mem.unlock(kvm.mmu_lock); for (let i = 0; i < words; i++) if (buffer[i] !== 0) mem.fetchAnd(word(i), ~buffer[i]); ${flushOfGet}`,
    },
  ),
  canary('clear-no-flush', 'B45; with manual protection', 'manual', ['D12'], {
    file: IOCTL,
    from: 'if (flush) kvm.arch.flush_remote_tlbs(mem); }',
    to: '}',
  }),
  // Each page is aged as soon as it is mapped: not writable any more, as if for access tracking, and its translation stays, as ageing does not flush. 3: aged.
  canary('aged-not-flushed', 'B46; b64d740ea7dd', 'dirty-again', ['D12'], ...flushIfChanged, protectAndSay, {
    file: 'actors/vcpu',
    from: "if (fault === 'mapped') cacheTranslation(mem, vcpu, page);",
    to: "if (fault === 'mapped') { cacheTranslation(mem, vcpu, page); mem.store(page.armed, 3); }",
  }),
  // vCPU 1, whose fault found the dirty bit clear, maps the page with it clear, 3, over what the other has set since.
  canary('dirty-overwritten', 'B47; review of two racing faults', twoLogs, ['D12'], ...flushIfChanged, protectAndSay, {
    file: 'guest/pml',
    from: 'if (mem.cmpxchg(page.armed, ARMED, WRITABLE) === ARMED) {',
    to: 'if (vcpu === 1) mem.store(page.armed, 3); const clear = vcpu === 1 ? 3 : ARMED; if (mem.cmpxchg(page.armed, clear, WRITABLE) === clear) {',
  }),
  // The entry one level up, which stands for two pages here, and is the place of the first.
  canary('dirty-cleared-above', 'B48; 45a61ebb2211', secondPage, ['D2', 'D3'], {
    file: 'guest/mmu',
    from: 'mem.store(pages[Number(page)].armed, ARMED);',
    to: 'mem.store(pages[Number(page) & ~1].armed, ARMED);',
  }),
  canary('clear-one-page-short', 'B49; 1aa4bb916808', 'manual', ['D6'], {
    file: IOCTL,
    from: 'BigInt(at * WORD), BigInt(mask)',
    to: 'BigInt(at * WORD), BigInt(mask & lowest(num_pages - 1 - i * WORD))',
  }),
  // Userspace asks for pages that the slot has not, which the subject refuses.
  canary(
    'clear-range-unchecked',
    'B50; 98938aa8edd6',
    'manual',
    ['no operation crashes', LAST_ROUND],
    { file: IOCTL, from: 'if (valid) {', to: 'if (true) {' },
    {
      file: TRACKER,
      from: 'const num_pages = npagesOf(mem, bitmap.slot);',
      to: `KVM_CLEAR_DIRTY_LOG(mem, this.kvm, bitmap, { first_page: 64, num_pages: 64, bits: [1] });
        const num_pages = npagesOf(mem, bitmap.slot);`,
    },
  ),
  canary('clear-too-strict', 'B50; 76d58e0f07ec', 'manual', ['D8', 'D6'], {
    file: IOCTL,
    from: '(num_pages % 64 === 0 || ends === npages)',
    to: 'num_pages % 64 === 0',
  }),
  // In Linux a translation is read before it changes to another page; here pages stay where they are, and it is the slot that changes.
  canary(
    'looked-up-before-lock',
    'B52; locking.rst',
    'slot-reused',
    LOST,
    { file: 'actors/vcpu', from: "if (!hasPage(mem, kvm, gfn)) return 'no page';", to: '' },
    {
      file: 'actors/vcpu',
      from: 'mem.lock(kvm.mmu_lock); const fault = mapPage(mem, vm, vcpu, page);',
      to: "const there = hasPage(mem, kvm, gfnOf(page)); mem.lock(kvm.mmu_lock); const fault = there ? mapPage(mem, vm, vcpu, page) : 'no page';",
    },
  ),
  canary('protected-in-two-accesses', 'B53; locking.rst', loggedMeanwhile, ['D12'], ...flushIfChanged, {
    ...protectAndSay,
    to: `const was = mem.load(pages[Number(page)].armed);
      mem.store(pages[Number(page)].armed, ARMED);
      if (was === WRITABLE) changed = true; } return changed;`,
  }),
  canary('host-marks-first', 'B54; Linux, kvm_write_guest_page: the data first, then the mark', 'host-write', LOST, {
    file: 'actors/host',
    from: 'mem.fetchAdd(page.version, 1); for (;;) {',
    to: 'vm.tracker.mark(mem, gfn, undefined); mem.fetchAdd(page.version, 1); for (; false; ) {',
  }),
  canary('extra-page', '20241214010721.2356923-1: a hack that went unnoticed', 'dirty-again', ['D1'], {
    file: BITMAP,
    from: '1 << (offset % WORD)',
    to: '3 << (offset % WORD)',
  }),

  // Not from history: bits, locks, bounds.
  canary(
    'set-bit-not-atomic',
    'Linux, mark_page_dirty_in_slot: set_bit, as 63 neighbours share the word',
    neighbours,
    ['D11'],
    {
      file: BITMAP,
      from: 'mem.fetchOr(word, 1 << (offset % WORD));',
      to: 'mem.store(word, mem.load(word) | (1 << (offset % WORD)));',
    },
  ),
  canary(
    'set-bit-tried-once',
    'Linux, mark_page_dirty_in_slot: set_bit, as 63 neighbours share the word',
    neighbours,
    LOST,
    {
      file: BITMAP,
      from: 'mem.fetchOr(word, 1 << (offset % WORD));',
      to: 'const old = mem.load(word); mem.cmpxchg(word, old, (old | (1 << (offset % WORD))) >>> 0);',
    },
  ),
  canary(
    'snapshot-not-atomic',
    'Linux, mark_page_dirty_in_slot: set_bit, as 63 neighbours share the word',
    'dirty-again',
    ['D11'],
    {
      file: IOCTL,
      from: 'mem.xchg(word(i), 0)',
      to: '((old) => (mem.store(word(i), 0), old))(mem.load(word(i)))',
    },
  ),
  canary(
    'clear-not-atomic',
    'Linux, mark_page_dirty_in_slot: set_bit, as 63 neighbours share the word',
    'manual',
    ['D11'],
    {
      file: IOCTL,
      from: 'mem.fetchAnd(word(at), ~asked)',
      to: '((old) => (mem.store(word(at), old & ~asked), old))(mem.load(word(at)))',
    },
  ),
  canary('manual-get-clears', 'Linux, api.rst 7.18: with manual protection GET only looks', 'manual', ['D5'], {
    file: IOCTL,
    from: 'buffer[i] = mem.load(word(i));',
    to: 'buffer[i] = mem.xchg(word(i), 0);',
  }),
  canary('clear-takes-all', 'Linux, api.rst 4.121: CLEAR takes the bits that it is given', 'manual', ['D9'], {
    file: IOCTL,
    from: 'mem.fetchAnd(word(at), ~asked)',
    to: 'mem.fetchAnd(word(at), 0)',
  }),
  // Userspace names page 2 each time, which nobody writes.
  canary(
    'clear-arms-all',
    'Linux, api.rst 4.121: CLEAR takes the bits that it is given',
    manualThree,
    ['D6'],
    {
      file: TRACKER,
      from: 'const bits = bitsOf(bitmap, gfns);',
      to: 'const bits = bitsOf(bitmap, gfns).map((of) => of && of | 4);',
    },
    {
      file: IOCTL,
      from: 'const mask = (mem.fetchAnd(word(at), ~asked) & asked &',
      to: 'const mask = ((mem.fetchAnd(word(at), ~asked) | asked) & asked &',
    },
  ),
  canary(
    'initially-set-forgotten',
    'Linux, api.rst 7.18: KVM_DIRTY_LOG_INITIALLY_SET',
    'initially-set',
    [...LOST, 'NL5'],
    {
      file: TRACKER,
      from: 'const ones = this.armsAtStart ? 0 : npages;',
      to: 'const ones = 0;',
    },
  ),
  canary('last-word-passed-over', 'Linux, kvm_get_dirty_log_protect: every word', lastWord, ['D1', LAST_ROUND], {
    file: IOCTL,
    from: 'for (let i = 0; i < words; i++) { buffer[i] = 0;',
    to: 'for (let i = 0; i < words - 1; i++) { buffer[i] = 0;',
  }),
  canary('bits-outlive-slot', 'the bitmap is freed with its slot', 'slot-reused', ['D13'], {
    file: TRACKER,
    from: 'if (of.slot === slot)',
    to: 'if (of.slot === slot && npages > 0)',
  }),
  canary('freed-bit-taken', 'the bitmap is freed with its slot', onTheWay, ['G1', LAST_ROUND], {
    file: IOCTL,
    from: '(mem.xchg(word(i), 0) & lowest(npages - i * WORD)) >>> 0',
    to: 'mem.xchg(word(i), 0)',
  }),
  canary(
    'get-no-mmu-lock',
    'Linux, kvm_get_dirty_log_protect: mmu_lock around the walk',
    'dirty-again',
    ['D2'],
    { file: IOCTL, from: 'mem.lock(kvm.slots_lock); mem.lock(kvm.mmu_lock);', to: 'mem.lock(kvm.slots_lock);' },
    { file: IOCTL, from: `mem.unlock(kvm.mmu_lock); ${flushOfGet}`, to: flushOfGet },
  ),
  canary(
    'get-no-slots-lock',
    'Linux, kvm_vm_ioctl_get_dirty_log: slots_lock around all of it',
    'dirty-again',
    ['D12'],
    { file: IOCTL, from: 'mem.lock(kvm.slots_lock); mem.lock(kvm.mmu_lock);', to: 'mem.lock(kvm.mmu_lock);' },
    { file: IOCTL, from: flushOfGet, to: flushOfGet.replace('mem.unlock(kvm.slots_lock);', '') },
  ),
  canary(
    'clear-no-mmu-lock',
    'Linux, kvm_get_dirty_log_protect: mmu_lock around the walk',
    'manual',
    ['D2'],
    { file: IOCTL, from: 'let flush = false; mem.lock(kvm.mmu_lock);', to: 'let flush = false;' },
    {
      file: IOCTL,
      from: 'mem.unlock(kvm.mmu_lock); if (flush) kvm.arch.flush_remote_tlbs(mem); }',
      to: 'if (flush) kvm.arch.flush_remote_tlbs(mem); }',
    },
  ),
  canary(
    'clear-no-slots-lock',
    'Linux, kvm_vm_ioctl_get_dirty_log: slots_lock around all of it',
    'manual',
    ['D12'],
    {
      file: IOCTL,
      from: 'mem.lock(kvm.slots_lock); const npages = npagesOf(mem, slot); const ends',
      to: 'const npages = npagesOf(mem, slot); const ends',
    },
    { file: IOCTL, from: 'mem.unlock(kvm.slots_lock); return valid', to: 'return valid' },
  ),
];
