import type { Gfn } from '../kvm/kvm.ts';
import type { Memory } from '../memory/memory.ts';
import { resetDirtyPages } from './kernel.ts';
import { guestPage, type Vm } from './vm.ts';

/** One round of an honest userspace: harvests, resets, and only then copies what was reported. Returns the pages. */
export function collectDirtyPages(mem: Memory, vm: Vm): Gfn[] {
  const gfns = vm.tracker.harvest(mem);
  resetAll(mem, vm, gfns);
  for (const gfn of gfns) copyPage(mem, vm, gfn);
  return gfns;
}

/** The round with its steps in the wrong order: what is written between copy and reset is lost. */
export function copyBeforeRearming(mem: Memory, vm: Vm): Gfn[] {
  const gfns = vm.tracker.harvest(mem);
  for (const gfn of gfns) copyPage(mem, vm, gfn);
  if (gfns.length > 0) resetAll(mem, vm, gfns);
  return gfns;
}

/**
 * One round of a userspace that collects until all vCPUs have stopped for good and everything they did has been copied. Returns true
 * when that is so; false when there is more to do, after having slept until there is.
 */
export function collectAtExit(mem: Memory, vm: Vm): boolean {
  const exits = mem.loadAcquire(vm.exits); // before the work, which must see all that they did: pairs with fetchAdd(exits) in exitToUserspace
  const running = mem.loadAcquire(vm.running); // the same, as nobody may wake us again: pairs with fetchAdd(running) in haltActor
  collectDirtyPages(mem, vm);
  if (running > 0) mem.wait(vm.exits, exits);
  else copyRemaining(mem, vm);
  return running === 0;
}

/** Copies what is only reported when all vCPUs have stopped. */
export function copyRemaining(mem: Memory, vm: Vm): void {
  for (const gfn of vm.tracker.harvestRest(mem)) copyPage(mem, vm, gfn);
}

/** Re-arms what was harvested. A call that a signal has cut short is made again, once the signal has been handled. */
export function resetAll(mem: Memory, vm: Vm, gfns: readonly Gfn[]): void {
  const signal = vm.signals.get(mem.thread);
  resetDirtyPages(mem, vm, gfns);
  // Rings know what is left; bits that were cleared may be set anew by now, and are none that we have read.
  while (signal !== undefined && mem.xchg(signal, 0) !== 0) resetDirtyPages(mem, vm);
}

/** Userspace checks what it reads, too: an entry that a hostile thread has rewritten may name any page. */
export function copyPage(mem: Memory, vm: Vm, gfn: Gfn): void {
  const page = guestPage(vm, gfn);
  if (page !== undefined) mem.store(vm.replica.get(page.slot)![page.offset], mem.load(page.version));
}
