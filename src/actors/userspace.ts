import type { Memory } from '../memory/memory.ts';
import { type Gfn, gfn_ring_harvest } from '../ring/harvest.ts';
import { resetDirtyPages } from './kernel.ts';
import type { Vm } from './vm.ts';

/** One round of an honest userspace: harvests the rings given, resets, and only then copies what was reported. Returns the pages. */
export function collect(mem: Memory, vm: Vm, rings: readonly number[]): Gfn[] {
  const gfns = rings.flatMap((ring) => gfn_ring_harvest(mem, vm.kvm.rings[ring]));
  resetDirtyPages(mem, vm);
  for (const gfn of gfns) copyPage(mem, vm, gfn);
  return gfns;
}

/**
 * One round of a userspace that collects until all vCPUs have stopped for good and everything they did has been copied. Returns true
 * when that is so; false when there is more to do, after having slept until there is.
 */
export function serve(mem: Memory, vm: Vm, rings: readonly number[]): boolean {
  const exits = mem.loadAcquire(vm.exits); // before the work, which must see all that they did: pairs with fetchAdd(exits) in exitToUserspace
  const running = mem.loadAcquire(vm.running); // the same, as nobody may wake us again: pairs with fetchAdd(running) in vcpuHalt
  collect(mem, vm, rings);
  if (running > 0) mem.wait(vm.exits, exits);
  return running === 0;
}

/** Userspace checks what it reads, too: an entry that a hostile thread has rewritten may name any page. */
function copyPage(mem: Memory, vm: Vm, { slot, offset }: Gfn): void {
  const page = vm.guest.slots.get(slot)?.[Number(offset)];
  const copy = vm.replica.get(slot)?.[Number(offset)];
  if (page !== undefined && copy !== undefined) mem.store(copy, mem.load(page.version));
}
