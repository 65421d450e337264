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

/** Collects until all vCPUs have stopped for good and everything they did has been copied; sleeps while there is nothing to do. */
export function serve(mem: Memory, vm: Vm, rings: readonly number[]): void {
  for (;;) {
    const exits = mem.load(vm.exits); // before the work: pairs with fetchAdd(exits) in exitToUserspace
    const running = mem.load(vm.running);
    collect(mem, vm, rings);
    if (running === 0) return;
    mem.wait(vm.exits, exits);
  }
}

/** Userspace checks what it reads, too: an entry that a hostile thread has rewritten may name any page. */
function copyPage(mem: Memory, vm: Vm, { slot, offset }: Gfn): void {
  const page = vm.guest.slots.get(slot)?.[Number(offset)];
  const copy = vm.replica.get(slot)?.[Number(offset)];
  if (page !== undefined && copy !== undefined) mem.store(copy, mem.load(page.version));
}
