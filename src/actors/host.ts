import type { Page } from '../guest/guest.ts';
import { hasPage } from '../kvm/kvm.ts';
import type { Cell } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import { enter, leave } from './gate.ts';
import { exitToUserspace, stopWhileFull } from './vcpu.ts';
import { gfnOf, type Vm } from './vm.ts';

/**
 * kvm_write_guest on a thread that runs no vCPU: a device model or the kernel's own writes go through no translation. First the data, then
 * the mark: the other way round a round of userspace in between would copy the old data, and the page would be clean.
 */
export function writeFromHost(mem: Memory, vm: Vm, page: Page): void {
  stopWhileFull(mem, vm, undefined);
  if (vm.gate && !enter(mem, vm.gate)) return;
  const gfn = gfnOf(page);
  if (hasPage(mem, vm.kvm, gfn)) {
    mem.fetchAdd(page.version, 1);
    for (;;) {
      const resets = mem.loadAcquire(vm.resets); // before we look for room: pairs with fetchAdd(resets) in resetDirtyPages
      if (vm.tracker.mark(mem, gfn, undefined)) break;
      // There must be room while the machine is not to be paused: who else writes at the same time, leeway is kept for.
      exitToUserspace(mem, vm);
      mem.wait(vm.resets, resets); // holding no lock: a reset needs them
    }
  }
  if (vm.gate) leave(mem, vm.gate);
}

/** A signal is pending for whoever looks at `signal`. */
export function sendSignal(mem: Memory, signal: Cell): void {
  mem.store(signal, 1);
}
