/**
 * Checkpoint and rollback in the manner of Remus (Cully et al., NSDI 2008): the machine is paused, what has become dirty is copied, the copy is
 * committed as a whole, and the machine goes on. A failure sets the machine back to the last commit, wherever it happens.
 */
import type { Page } from '../guest/guest.ts';
import type { Gfn } from '../kvm/kvm.ts';
import type { Memory } from '../memory/memory.ts';
import { COMMITTED, type PauseGate, pauseMachine, ROLLED_BACK, RUNNING, resumeMachine } from './gate.ts';
import { resetAll } from './userspace.ts';
import { guestPage, type Vm } from './vm.ts';

/** The steps of a checkpoint, after each of which it may fail. */
export const STEPS = ['pause', 'harvest', 'reset', 'copy', 'commit'] as const;
export type FailsAfter = (typeof STEPS)[number];

/** Where copies go. Those of a checkpoint count only from its commit on, all at once. */
export interface Backup {
  copy(mem: Memory, pages: readonly Page[]): void;
  commit(mem: Memory, pages: readonly Page[]): void;
}

/** One checkpoint; `failsAfter` makes it fail there. Returns the pages that it reported; none where it failed. */
export function takeCheckpoint(mem: Memory, vm: Vm, failsAfter?: FailsAfter, backup: Backup = replicaOf(vm)): Gfn[] {
  const gate = vm.gate!;
  pauseMachine(mem, gate);
  if (failsAfter === 'pause') return rollBack(mem, vm, gate, []);
  const gfns = [...vm.tracker.harvest(mem), ...vm.tracker.harvestRest(mem)];
  if (failsAfter === 'harvest') return rollBack(mem, vm, gate, gfns);
  resetAll(mem, vm, gfns);
  if (failsAfter === 'reset') return rollBack(mem, vm, gate, gfns);
  const pages = gfns.map((gfn) => guestPage(vm, gfn)).filter((page) => page !== undefined);
  backup.copy(mem, pages);
  if (failsAfter === 'copy') return rollBack(mem, vm, gate, gfns);
  backup.commit(mem, pages);
  resumeMachine(mem, gate, COMMITTED);
  if (failsAfter === 'commit') return rollBack(mem, vm, gate, []);
  resumeMachine(mem, gate, RUNNING);
  return gfns;
}

/** The versions of pages: staged, then put into the replica one by one, while nobody else looks at it. */
function replicaOf({ staged, replica }: Vm): Backup {
  return {
    copy(mem, pages) {
      for (const { id, version } of pages) mem.store(staged[id], mem.load(version));
    },
    commit(mem, pages) {
      for (const { id, slot, offset } of pages) mem.store(replica.get(slot)![offset], mem.load(staged[id]));
    },
  };
}

/**
 * One round of a userspace that takes a checkpoint each time that a vCPU stops, because so many pages are dirty that its ring is full or
 * for good. Returns true when all vCPUs have stopped for good.
 */
export function checkpointAtExit(mem: Memory, vm: Vm): boolean {
  const exits = mem.loadAcquire(vm.exits); // as in collectAtExit: pairs with fetchAdd(exits) in exitToUserspace
  const running = mem.loadAcquire(vm.running); // as in collectAtExit: pairs with fetchAdd(running) in haltActor
  takeCheckpoint(mem, vm);
  if (running > 0) mem.wait(vm.exits, exits);
  return running === 0;
}

/**
 * The guest is again what was committed last. The log must not know more than that: what was taken from it and not re-armed would never be
 * reported again, so it is drained first, and what it reports is dropped, as those pages are set back.
 */
function rollBack(mem: Memory, vm: Vm, gate: PauseGate, gfns: readonly Gfn[]): Gfn[] {
  resetAll(mem, vm, [...gfns, ...vm.tracker.harvest(mem), ...vm.tracker.harvestRest(mem)]);
  for (const { slot, offset, version } of vm.guest.pages) mem.store(version, mem.load(vm.replica.get(slot)![offset]));
  resumeMachine(mem, gate, ROLLED_BACK);
  resumeMachine(mem, gate, RUNNING);
  return [];
}
