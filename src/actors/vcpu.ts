import type { Page } from '../guest/guest.ts';
import { cacheTranslation, isArmed, makeWritable } from '../guest/mmu.ts';
import { walkAndLog } from '../guest/pml.ts';
import { guestStore } from '../guest/store.ts';
import { hasPage } from '../kvm/kvm.ts';
import type { Memory } from '../memory/memory.ts';
import { enterGate, leaveGate } from './gate.ts';
import { gfnOf, type Vm } from './vm.ts';

/** vCPU `vcpu` enters the guest once. The guest writes each of `pages` once, in order. */
export function vcpuWrite(mem: Memory, vm: Vm, vcpu: number, pages: readonly Page[]): void {
  if (!enterGuest(mem, vm, vcpu)) return;
  for (const page of pages) if (!writePage(mem, vm, vcpu, page)) return;
  leaveGuest(mem, vm, vcpu);
}

/** A vCPU or the host stops for good. */
export function haltActor(mem: Memory, vm: Vm): void {
  // after all its writes: pairs with loadAcquire(running) in collectAtExit,
  // loadAcquire(running) in checkpointAtExit
  mem.fetchAdd(vm.running, -1);
  exitToUserspace(mem, vm);
}

/** Returns false when the machine has migrated, and the vCPU with it. */
export function enterGuest(mem: Memory, vm: Vm, vcpu: number): boolean {
  stopWhileFull(mem, vm, vcpu);
  return vm.gate === undefined || enterGate(mem, vm.gate);
}

/** Every exit drains the hardware's log, before other threads see that the vCPU is outside. */
export function leaveGuest(mem: Memory, vm: Vm, vcpu: number): void {
  drainPml(mem, vm, vcpu);
  if (vm.gate) leaveGate(mem, vm.gate);
}

/** One store of the guest, however often it faults. Returns false when the machine has migrated. */
export function writePage(mem: Memory, vm: Vm, vcpu: number, page: Page): boolean {
  while (!guestStore(mem, vcpu, page)) {
    const walked = vm.pml.length > 0 ? walkAndLog(mem, vm.pml[vcpu], vcpu, page) : 'fault';
    if (walked === 'cached') continue;
    if (walked !== 'full') {
      const fault = handleFault(mem, vm, vcpu, page);
      if (fault === 'no page') return true; // MMIO: no guest memory is written
      if (fault === 'mapped') continue;
      mem.fetchAdd(vm.overruns[vcpu], 1);
    }
    leaveGuest(mem, vm, vcpu); // moves the hardware's log to the ring, which may be full then
    if (!enterGuest(mem, vm, vcpu)) return false;
  }
  return true;
}

/** Handles a write to a page without a writable translation. `no room`: the page is unchanged. */
export function handleFault(mem: Memory, vm: Vm, vcpu: number, page: Page): 'mapped' | 'no room' | 'no page' {
  const { kvm } = vm;
  mem.lock(kvm.mmu_lock);
  const fault = mapPage(mem, vm, vcpu, page);
  if (fault === 'mapped') cacheTranslation(mem, vcpu, page);
  mem.unlock(kvm.mmu_lock);
  return fault;
}

/** Called with mmu_lock held. */
function mapPage(mem: Memory, { kvm, tracker }: Vm, vcpu: number, page: Page): 'mapped' | 'no room' | 'no page' {
  const gfn = gfnOf(page);
  if (!hasPage(mem, kvm, gfn)) return 'no page';
  if (!isArmed(mem, page)) return 'mapped';
  // Recorded before it becomes writable, both under mmu_lock: no reset can re-arm the page in
  // between.
  if (!tracker.mark(mem, gfn, vcpu)) return 'no room';
  makeWritable(mem, page);
  return 'mapped';
}

/**
 * Records what the hardware has logged. There must be room: the leeway is what a vCPU may log until
 * it exits.
 */
function drainPml(mem: Memory, vm: Vm, vcpu: number): void {
  if (vm.pml.length === 0) return;
  const { used, entries } = vm.pml[vcpu];
  const count = mem.load(used);
  for (let i = 0; i < count; i++) {
    const gfn = gfnOf(vm.guest.pages[mem.load(entries[i])]);
    // The pages of a deleted slot need no record. Those of a new one in its place were all copied.
    while (hasPage(mem, vm.kvm, gfn) && !vm.tracker.mark(mem, gfn, vcpu)) {
      mem.fetchAdd(vm.overruns[vcpu], 1);
      stopWhileFull(mem, vm, vcpu);
    }
  }
  mem.store(used, 0);
}

/**
 * Stops while the ring is full. Called outside the gate, because a reset may have to pause the
 * machine first.
 *
 * @param vcpu the vCPU; undefined: the host
 */
export function stopWhileFull(mem: Memory, vm: Vm, vcpu: number | undefined): void {
  while (vm.tracker.mustExit(mem, vcpu)) {
    // before the second check: pairs with fetchAdd(resets) in resetDirtyPages
    const resets = mem.loadAcquire(vm.resets);
    if (!vm.tracker.mustExit(mem, vcpu)) return;
    exitToUserspace(mem, vm);
    mem.wait(vm.resets, resets);
  }
}

export function exitToUserspace(mem: Memory, vm: Vm): void {
  // pairs with loadAcquire(exits) in collectAtExit, loadAcquire(exits) in checkpointAtExit
  mem.fetchAdd(vm.exits, 1);
  mem.wake(vm.exits);
}
