import type { Gfn } from '../kvm/kvm.ts';
import type { Memory } from '../memory/memory.ts';
import { resetDirtyPages } from './kernel.ts';
import { guestPage, type Vm } from './vm.ts';

/** Harvests, resets, and copies the reported pages last. Returns the pages. */
export function collectDirtyPages(mem: Memory, vm: Vm): Gfn[] {
  const { collect } = vm.shape;
  if (collect !== undefined) return collect(mem, vm);
  const gfns = vm.tracker.harvest(mem);
  resetAll(mem, vm, gfns);
  for (const gfn of gfns) copyPage(mem, vm, gfn);
  return gfns;
}

/** The same steps in the wrong order: a write between copy and reset is lost. */
export function copyBeforeRearming(mem: Memory, vm: Vm): Gfn[] {
  const gfns = vm.tracker.harvest(mem);
  for (const gfn of gfns) copyPage(mem, vm, gfn);
  if (gfns.length > 0) resetAll(mem, vm, gfns);
  return gfns;
}

/**
 * Collects, and sleeps until the next exit of a vCPU. Returns true when all vCPUs have halted and
 * all their writes are copied.
 */
export function collectAtExit(mem: Memory, vm: Vm): boolean {
  // Both before the collection, which must see all writes before those exits.
  const exits = mem.loadAcquire(vm.exits); // pairs with fetchAdd(exits) in exitToUserspace
  // no wake-up may follow: pairs with fetchAdd(running) in haltActor
  const running = mem.loadAcquire(vm.running);
  collectDirtyPages(mem, vm);
  if (running > 0) mem.wait(vm.exits, exits);
  else copyRemaining(mem, vm);
  return running === 0;
}

/** Copies the pages that are reported only when all vCPUs have stopped. */
export function copyRemaining(mem: Memory, vm: Vm): void {
  for (const gfn of vm.tracker.harvestRest(mem)) copyPage(mem, vm, gfn);
}

/**
 * Re-arms what was harvested. After a signal, which ends the ioctl early, it handles the signal and
 * calls again.
 */
export function resetAll(mem: Memory, vm: Vm, gfns: readonly Gfn[]): void {
  const signal = vm.signals.get(mem.thread);
  resetDirtyPages(mem, vm, gfns);
  // Without pages: a ring knows what is left. A bitmap's bit may be set again since, and was not
  // harvested then.
  while (signal !== undefined && mem.xchg(signal, 0) !== 0) resetDirtyPages(mem, vm);
}

/** Copies a page if it exists: an entry that hostile userspace has rewritten may name any page. */
export function copyPage(mem: Memory, vm: Vm, gfn: Gfn): void {
  const page = guestPage(vm, gfn);
  if (page !== undefined) mem.store(vm.replica.get(page.slot)![page.offset], mem.load(page.version));
}
