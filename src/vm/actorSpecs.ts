import type { FailsAfter } from '../actors/checkpoint.ts';
import type { ActorSpec, OperationSpec } from './spec.ts';

/** Actors and operations as built-in scenarios write them. Pages are those of slot 0. */
export const write = (...pages: number[]): OperationSpec => ({
  do: 'write',
  pages: pages.map((page) => [0, page] as const),
});
export const writeIn = (slot: number, page: number): OperationSpec => ({ do: 'write', pages: [[slot, page]] });
export const push = (offset: number): OperationSpec => ({ do: 'push', slot: 0, offset });
export const halt: OperationSpec = { do: 'halt' };
export const collect: OperationSpec = { do: 'collect' };
export const copyFirst: OperationSpec = { do: 'copy-first' };
export const serve: OperationSpec = { do: 'serve' };
export const checkpoint = (fails?: FailsAfter): OperationSpec => ({ do: 'checkpoint', ...(fails && { fails }) });
export const replicate: OperationSpec = { do: 'replicate' };
export const migrate = (few: number, passes: number): OperationSpec => ({ do: 'migrate', few, passes });
export const setSlot = (slot: number, npages: number): OperationSpec => ({ do: 'set-slot', slot, npages });
export const reset: OperationSpec = { do: 'reset' };
export const resetRing: OperationSpec = { do: 'reset-ring', ring: 0 };
export const preempt = (to: string): OperationSpec => ({ do: 'preempt', to });
export const signalTo = (to: string): OperationSpec => ({ do: 'signal', to });
export const hostWrite = (...pages: number[]): OperationSpec => ({
  do: 'host-write',
  pages: pages.map((page) => [0, page] as const),
});
export const harvest = (max = 65536): OperationSpec => ({ do: 'harvest', ring: 0, max });
export const poke = (ring: number, at: number, bits: 8 | 16 | 32 | 64, value: number | string): OperationSpec => ({
  do: 'poke',
  ring,
  at,
  bits,
  value,
});

export const vcpu = (number: number, ...operations: OperationSpec[]): ActorSpec => ({
  name: `vcpu${number}`,
  role: 'vcpu',
  vcpu: number,
  operations,
});
export const host = (...operations: OperationSpec[]): ActorSpec => ({ name: 'host', role: 'host', operations });
export const userspace = (...operations: OperationSpec[]): ActorSpec => ({
  name: 'userspace',
  role: 'userspace',
  operations,
});
export const kernel = (number: number, ...operations: OperationSpec[]): ActorSpec => ({
  name: `kernel${number}`,
  role: 'kernel',
  operations,
});
export const hostile = (...operations: OperationSpec[]): ActorSpec => ({
  name: 'hostile',
  role: 'hostile',
  operations,
});
