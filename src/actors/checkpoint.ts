/**
 * Checkpoint and rollback as in Remus (Cully et al., NSDI 2008). The machine is paused, its dirty
 * pages are copied, the copy is committed as a whole, and the machine resumes. A failure at any
 * step rolls the machine back to the last commit.
 */
import type { Page } from '../guest/guest.ts';
import type { Gfn } from '../kvm/kvm.ts';
import type { Memory } from '../memory/memory.ts';
import { COMMITTED, type PauseGate, pauseMachine, ROLLED_BACK, RUNNING, resumeMachine } from './gate.ts';
import { resetAll } from './userspace.ts';
import { guestPage, type Vm } from './vm.ts';

/** The steps of a checkpoint. It may fail after each. */
export const CHECKPOINT_STEPS = ['pause', 'harvest', 'reset', 'copy', 'commit'] as const;
export type FailsAfter = (typeof CHECKPOINT_STEPS)[number];

/** Where copies go. The copies of a checkpoint become valid together, at its commit. */
export interface Backup {
  copy(mem: Memory, pages: readonly Page[]): void;
  commit(mem: Memory, pages: readonly Page[]): void;
}

/**
 * Takes one checkpoint. Returns the pages that it reported; none where it failed.
 *
 * @param failsAfter the step after which it fails
 */
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

/**
 * Copies the versions of pages. They are staged, then stored in the replica while no other thread
 * reads it.
 */
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
 * Takes a checkpoint, and sleeps until the next exit of a vCPU. A vCPU exits when its ring is full
 * and when it halts. Returns true when all vCPUs have halted.
 */
export function checkpointAtExit(mem: Memory, vm: Vm): boolean {
  // Both as in collectAtExit.
  const exits = mem.loadAcquire(vm.exits); // pairs with fetchAdd(exits) in exitToUserspace
  const running = mem.loadAcquire(vm.running); // pairs with fetchAdd(running) in haltActor
  takeCheckpoint(mem, vm);
  if (running > 0) mem.wait(vm.exits, exits);
  return running === 0;
}

/**
 * Restores the last commit. A page that was harvested and not re-armed would never be reported
 * again. So the log is drained and re-armed first. Its reports are dropped, because those pages are
 * restored.
 */
function rollBack(mem: Memory, vm: Vm, gate: PauseGate, gfns: readonly Gfn[]): Gfn[] {
  resetAll(mem, vm, [...gfns, ...vm.tracker.harvest(mem), ...vm.tracker.harvestRest(mem)]);
  for (const { slot, offset, version } of vm.guest.pages) mem.store(version, mem.load(vm.replica.get(slot)![offset]));
  resumeMachine(mem, gate, ROLLED_BACK);
  resumeMachine(mem, gate, RUNNING);
  return [];
}
