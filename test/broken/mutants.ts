/** One line of the subject broken by hand: the text of the line, what becomes of it, and the property that must see it. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A scenario that shows it; left out: `check` finds one. */
  readonly scenario?: string;
  /** A part of the property's name. */
  readonly seenBy: string;
}

const ring = (file: string) => `ring/${file}.ts`;

export const mutants: readonly Mutant[] = [
  {
    name: 'no mask',
    file: ring('kvm_gfnring'),
    from: 'ring.entries[index & (ring.size - 1)]',
    to: 'ring.entries[index]',
    seenBy: 'no operation crashes',
  },
  {
    name: 'a mask one bit short',
    file: ring('kvm_gfnring'),
    from: 'index & (ring.size - 1)',
    to: 'index & (ring.size - 2)',
    seenBy: 'R5',
  },
  { name: 'full one entry late', file: ring('push'), from: 'used >= ring.size', to: 'used > ring.size', seenBy: 'R5' },
  {
    name: 'full decided on the index of userspace',
    file: ring('push'),
    from: 'prod - mem.loadAcquire(ring.cons_index)',
    to: 'prod - mem.load(ring.indices.cons)',
    seenBy: 'R6',
  },
  {
    name: 'the shared prod before the entry',
    file: ring('push'),
    from: '  mem.write(entry.slot, slot);',
    to: '  mem.storeRelease(ring.indices.prod, u16(prod + 1));\n  mem.write(entry.slot, slot);',
    seenBy: 'R3',
  },
  {
    name: 'the private prod after the shared one',
    file: ring('push'),
    from: '  mem.store(ring.prod_index, u16(prod + 1));',
    to: '  mem.storeRelease(ring.indices.prod, u16(prod + 1));\n  mem.store(ring.prod_index, u16(prod + 1));',
    seenBy: 'R3',
  },
  { name: 'push counts wrong', file: ring('push'), from: 'return used + 1', to: 'return used', seenBy: 'R6' },
  { name: 'the leeway is ignored', file: ring('push'), from: 'ring.soft_limit;', to: 'ring.size;', seenBy: 'R10' },
  {
    name: 'no bound on cons',
    file: ring('reset'),
    from: 'if (count > u16(mem.load(ring.prod_index) - first)) return -EINVAL;',
    to: '',
    seenBy: 'R9',
  },
  {
    name: 'cons is read twice',
    file: ring('reset'),
    from: 'mem.storeRelease(ring.cons_index, cons)',
    to: 'mem.storeRelease(ring.cons_index, mem.load(ring.indices.cons))',
    seenBy: 'C4',
  },
  {
    name: 'the private cons does not move',
    file: ring('reset'),
    from: 'mem.storeRelease(ring.cons_index, cons);',
    to: '',
    seenBy: 'R7',
  },
  {
    name: 'given back before it is read',
    file: ring('reset'),
    from: '  let batch: Batch | undefined;',
    to: '  mem.storeRelease(ring.cons_index, cons);\n  let batch: Batch | undefined;',
    seenBy: 'R7',
  },
  {
    name: 'the last batch is forgotten',
    file: ring('reset'),
    from: '  if (batch) enable_log_dirty(mem, kvm, batch);',
    to: '',
    seenBy: 'R7',
  },
  {
    name: 'no bound on the offset',
    file: ring('reset'),
    from: ' || offset >= BigInt(npagesOf(mem, memslot))',
    to: '',
    seenBy: 'G1',
  },
  { name: 'no mmu_lock', file: ring('reset'), from: '  mem.lock(kvm.mmu_lock);', to: '', seenBy: 'R12' },
  {
    name: 'no slots_lock',
    file: ring('ioctl'),
    from: '  mem.lock(kvm.slots_lock);',
    to: '',
    seenBy: 'R12',
  },
  {
    name: 'no flush',
    file: ring('ioctl'),
    from: 'if (processed > 0) kvm.arch',
    to: 'if (processed < 0) kvm.arch',
    seenBy: 'R12',
  },
  {
    name: 'flush after slots_lock',
    file: ring('ioctl'),
    from: '  if (processed > 0) kvm.arch.flush_remote_tlbs(mem);\n  mem.unlock(kvm.slots_lock);',
    to: '  mem.unlock(kvm.slots_lock);\n  if (processed > 0) kvm.arch.flush_remote_tlbs(mem);',
    seenBy: 'R12',
  },
  {
    name: 'a hostile ring stops the others',
    file: ring('ioctl'),
    from: 'if (count < 0) error = -EINVAL;',
    to: 'if (count < 0) { error = -EINVAL; break; }',
    seenBy: 'R9',
  },
  {
    name: 'the error is lost',
    file: ring('ioctl'),
    from: 'return error || processed',
    to: 'return processed',
    seenBy: 'R7',
  },
  {
    name: 'coalesced one page off',
    file: 'kvm/batch.ts',
    from: 'mask: batch.mask | (1n << delta)',
    to: 'mask: batch.mask | (1n << (delta + 1n))',
    seenBy: 'G1',
  },
  {
    name: 'coalesced backwards without a shift',
    file: 'kvm/batch.ts',
    from: 'batch.mask << -delta',
    to: 'batch.mask',
    seenBy: 'R7',
  },
  {
    name: 'harvest takes one too many',
    file: ring('harvest'),
    from: 'Math.min(available, max',
    to: 'Math.min(available + 1, max',
    seenBy: 'R2',
  },
  {
    name: 'harvest gives back before it reads',
    file: ring('harvest'),
    from: '  const gfns: Gfn[] = [];',
    to: '  mem.storeRelease(ring.indices.cons, u16(first + count));\n  const gfns: Gfn[] = [];',
    seenBy: 'R4',
  },
  {
    name: 'copied before the reset',
    file: 'actors/userspace.ts',
    from: '  resetAll(mem, vm, gfns);\n  for (const gfn of gfns) copyPage(mem, vm, gfn);',
    to: '  for (const gfn of gfns) copyPage(mem, vm, gfn);\n  resetAll(mem, vm, gfns);',
    seenBy: 'no dirty page is ever lost',
  },
  {
    name: 'a wake-up is lost',
    file: 'actors/vcpu.ts',
    from: '    if (!vm.tracker.mustExit(mem, vcpu)) return;\n    exitToUserspace(mem, vm);\n    mem.wait(vm.resets, resets);',
    to: '    exitToUserspace(mem, vm);\n    mem.wait(vm.resets, mem.load(vm.resets) + resets * 0);',
    seenBy: 'L1, L3, L5',
  },
  {
    name: 'mapped outside mmu_lock',
    file: 'actors/vcpu.ts',
    from: '  mem.lock(kvm.mmu_lock);\n  const fault = mapPage(mem, vm, vcpu, page);\n',
    to: '  const fault = mapPage(mem, vm, vcpu, page);\n  mem.lock(kvm.mmu_lock);\n',
    seenBy: 'no dirty page is ever lost',
  },
  {
    name: 'the hardware log is not drained at an exit',
    file: 'actors/vcpu.ts',
    from: 'for (let i = 0; i < count; i++)',
    to: 'for (let i = count; i < count; i++)',
    scenario: 'gfn-ring/page-log',
    seenBy: 'no dirty page is ever lost',
  },
  {
    name: 'the host records before it writes',
    file: 'actors/host.ts',
    from: '    mem.fetchAdd(page.version, 1);\n    for (;;) {',
    to: '    vm.tracker.mark(mem, gfn, undefined);\n    mem.fetchAdd(page.version, 1);\n    for (; false; ) {',
    scenario: 'gfn-ring/host-write',
    seenBy: 'no dirty page is ever lost',
  },
  {
    name: 'paused while a vCPU is inside',
    file: 'actors/gate.ts',
    from: 'if (inside === 0) return;',
    to: 'if (inside < 2) return;',
    scenario: 'gfn-ring/checkpoint',
    seenBy: 'a machine that is paused stands still',
  },
  {
    name: 'who is inside is counted in two accesses',
    file: 'actors/gate.ts',
    from: '  if (mem.fetchAdd(gate.inside, -1) === 1) mem.wake(gate.inside);',
    to: '  const inside = mem.load(gate.inside);\n  mem.store(gate.inside, inside - 1);\n  if (inside === 1) mem.wake(gate.inside);',
    seenBy: 'L5 no wake-up is lost',
  },
  {
    name: 'a rollback leaves what was harvested unarmed',
    file: 'actors/checkpoint.ts',
    from: '  resetAll(mem, vm, [...gfns, ...vm.tracker.harvest(mem), ...vm.tracker.harvestRest(mem)]);\n',
    to: '',
    scenario: 'gfn-ring/fails-after-harvest',
    seenBy: 'the copy is the guest',
  },
  {
    name: 'a slot that is deleted stays mapped',
    file: 'actors/kernel.ts',
    from: '      zapSlot(mem, vm.guest, slot);\n',
    to: '',
    scenario: 'gfn-ring/slot-reused',
    seenBy: 'NL1',
  },
];
