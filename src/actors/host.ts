import type { Page } from '../guest/guest.ts';
import { hasPage } from '../kvm/kvm.ts';
import type { Cell } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import { enterGate, leaveGate } from './gate.ts';
import { exitToUserspace, stopWhileFull } from './vcpu.ts';
import { gfnOf, type Vm } from './vm.ts';

/**
 * kvm_write_guest on a thread that runs no vCPU: a write of a device model or of the kernel, which
 * uses no translation. It stores the data before it marks the page. In the other order, userspace
 * could harvest the mark and copy the old data in between.
 */
export function writeFromHost(mem: Memory, vm: Vm, page: Page): void {
  stopWhileFull(mem, vm, undefined);
  if (vm.gate && !enterGate(mem, vm.gate)) return;
  const gfn = gfnOf(page);
  if (hasPage(mem, vm.kvm, gfn)) {
    mem.fetchAdd(page.version, 1);
    for (;;) {
      // before the check for room: pairs with fetchAdd(resets) in resetDirtyPages
      const resets = mem.loadAcquire(vm.resets);
      if (vm.tracker.mark(mem, gfn, undefined)) break;
      // Here the machine cannot be paused. So the leeway must hold what other threads write
      // meanwhile.
      exitToUserspace(mem, vm);
      mem.wait(vm.resets, resets); // holding no lock: a reset needs them
    }
  }
  if (vm.gate) leaveGate(mem, vm.gate);
}

/** Makes a signal pending for the thread that reads `signal`. */
export function sendSignal(mem: Memory, signal: Cell): void {
  mem.store(signal, 1);
}

/** Asks the thread that reads `asked` to yield. */
export function askToYield(mem: Memory, asked: Cell): void {
  mem.store(asked, 1);
}
