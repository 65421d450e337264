import type { Memory } from '../memory/memory.ts';
import { COMMITTED, MIGRATED, pauseMachine, resumeMachine } from './gate.ts';
import { collectDirtyPages, copyRemaining } from './userspace.ts';
import type { Vm } from './vm.ts';

/**
 * Live migration. Passes of collecting run while the machine runs, until one reports at most `few`
 * pages or there have been `passes`. Then the machine is paused, the remaining pages are copied,
 * and it runs on the other host. The first copy of all memory is no part of tracking, so the
 * replica starts with the initial guest. Returns the number of passes while the machine ran.
 */
export function liveMigrate(mem: Memory, vm: Vm, few: number, passes: number): number {
  const gate = vm.gate!;
  let pass = 0;
  while (pass < passes) {
    pass++;
    if (collectDirtyPages(mem, vm).length <= few) break;
  }
  pauseMachine(mem, gate);
  collectDirtyPages(mem, vm);
  copyRemaining(mem, vm);
  resumeMachine(mem, gate, COMMITTED);
  resumeMachine(mem, gate, MIGRATED);
  return pass;
}
