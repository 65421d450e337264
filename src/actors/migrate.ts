import type { Memory } from '../memory/memory.ts';
import { COMMITTED, MIGRATED, pauseMachine, resumeMachine } from './gate.ts';
import { collectDirtyPages, copyRemaining } from './userspace.ts';
import type { Vm } from './vm.ts';

/**
 * Live migration: rounds of collecting while the machine runs, until one reports at most `few` pages, or `rounds` are over; then the machine is paused,
 * the rest is copied, and it runs elsewhere. The destination begins with what the guest begins with, as the first copy of all memory is no
 * part of tracking. Returns how many rounds the machine ran through.
 */
export function liveMigrate(mem: Memory, vm: Vm, few: number, rounds: number): number {
  const gate = vm.gate!;
  let round = 0;
  while (round < rounds) {
    round++;
    if (collectDirtyPages(mem, vm).length <= few) break;
  }
  pauseMachine(mem, gate);
  collectDirtyPages(mem, vm);
  copyRemaining(mem, vm);
  resumeMachine(mem, gate, COMMITTED);
  resumeMachine(mem, gate, MIGRATED);
  return round;
}
