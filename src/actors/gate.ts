import type { Cell } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';

/**
 * All writers of guest memory (vCPUs and the host) enter and leave here, so that userspace can
 * pause the machine.
 */
export interface PauseGate {
  /** One of the phases below. Only the thread that pauses the machine writes it. */
  readonly phase: Cell;
  /** The number of writers inside. The thread that pauses sleeps on it. */
  readonly inside: Cell;
}

export const RUNNING = 0;
export const PAUSED = 1;
/** Paused: a checkpoint was committed. */
export const COMMITTED = 2;
/** Paused: the machine was rolled back to the last commit. */
export const ROLLED_BACK = 3;
/** The machine runs on another host: writers end. */
export const MIGRATED = 4;

export function layGate(layout: Layout): PauseGate {
  return { phase: layout.cell('phase', 'u32'), inside: layout.cell('inside', 'u32') };
}

/**
 * A writer enters. It sleeps while the machine is paused. Returns false when the machine has
 * migrated.
 */
export function enterGate(mem: Memory, gate: PauseGate): boolean {
  for (;;) {
    // Fully ordered with the load after it: either this thread sees the pause, or the pausing
    // thread sees this one. Pairs with xchg(phase) in pauseMachine
    mem.fetchAdd(gate.inside, 1);
    const phase = mem.loadAcquire(gate.phase); // pairs with storeRelease(phase) in resumeMachine
    if (phase === RUNNING) return true;
    leaveGate(mem, gate);
    if (phase === MIGRATED) return false;
    mem.wait(gate.phase, phase);
  }
}

/** A writer leaves. */
export function leaveGate(mem: Memory, gate: PauseGate): void {
  // after all that it wrote: pairs with loadAcquire(inside) in pauseMachine
  if (mem.fetchAdd(gate.inside, -1) === 1) mem.wake(gate.inside);
}

/**
 * Pauses the machine. When it returns, no writer is inside, and this thread sees all their writes.
 */
export function pauseMachine(mem: Memory, gate: PauseGate): void {
  // fully ordered with the load after it: pairs with fetchAdd(inside) in enterGate
  mem.xchg(gate.phase, PAUSED);
  for (;;) {
    const inside = mem.loadAcquire(gate.inside); // pairs with fetchAdd(inside) in leaveGate
    if (inside === 0) return;
    mem.wait(gate.inside, inside);
  }
}

/** Sets the phase of a paused machine. */
export function resumeMachine(mem: Memory, gate: PauseGate, phase: number): void {
  // after all changes of the paused machine: pairs with loadAcquire(phase) in enterGate
  mem.storeRelease(gate.phase, phase);
  mem.wake(gate.phase);
}
