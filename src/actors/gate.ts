import type { Cell } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';

/** Where all that writes to the guest, vCPU or host, goes in and out, so that userspace can pause the machine. */
export interface PauseGate {
  /** See the phases below. Written by the one thread that pauses the machine. */
  readonly phase: Cell;
  /** Writers that are inside. The one who pauses sleeps on it. */
  readonly inside: Cell;
}

export const RUNNING = 0;
export const PAUSED = 1;
/** A checkpoint was committed; the machine was set back to the last one. Still paused. */
export const COMMITTED = 2;
export const ROLLED_BACK = 3;
/** The machine runs elsewhere now: writers go home. */
export const MIGRATED = 4;

export function layGate(layout: Layout): PauseGate {
  return { phase: layout.cell('phase', 'u32'), inside: layout.cell('inside', 'u32') };
}

/** A writer goes in; sleeps while the machine is paused. Returns false when it is gone. */
export function enter(mem: Memory, gate: PauseGate): boolean {
  for (;;) {
    mem.fetchAdd(gate.inside, 1); // in full order with the load after it: either we see the pause, or it sees us. Pairs with xchg(phase) in pauseMachine
    const phase = mem.loadAcquire(gate.phase); // pairs with storeRelease(phase) in resumeMachine
    if (phase === RUNNING) return true;
    leave(mem, gate);
    if (phase === MIGRATED) return false;
    mem.wait(gate.phase, phase);
  }
}

/** The writer goes out. */
export function leave(mem: Memory, gate: PauseGate): void {
  if (mem.fetchAdd(gate.inside, -1) === 1) mem.wake(gate.inside); // after all it wrote: pairs with loadAcquire(inside) in pauseMachine
}

/** Pauses the machine. When it returns nobody is inside, and what they did is there. */
export function pauseMachine(mem: Memory, gate: PauseGate): void {
  mem.xchg(gate.phase, PAUSED); // in full order with the load after it: pairs with fetchAdd(inside) in enter
  for (;;) {
    const inside = mem.loadAcquire(gate.inside); // pairs with fetchAdd(inside) in leave
    if (inside === 0) return;
    mem.wait(gate.inside, inside);
  }
}

/** Says how far a paused machine is. */
export function resumeMachine(mem: Memory, gate: PauseGate, phase: number): void {
  mem.storeRelease(gate.phase, phase); // after all that was done to the paused machine: pairs with loadAcquire(phase) in enter
  mem.wake(gate.phase);
}
