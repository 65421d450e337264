import type { Effects } from '../actors/operation.ts';
import { type OperationName, type OperationSpec, operationDescriptor } from '../actors/operations/registry.ts';
import { type PageRef, performsAny } from '../actors/vmView.ts';
import type { VmSpec } from './schema.ts';

export { hostileRings } from '../actors/operations/poke.ts';
export type { OperationSpec } from '../actors/operations/registry.ts';
export { pagesMax } from '../actors/operations/setSlot.ts';
export type { ActorSpec, VmSpec, VmsSpec } from './schema.ts';

/** What rules and assumptions need to know of an operation. */
export const effectsOf = (op: OperationSpec): Effects => operationDescriptor(op).effects;

/** The pages that an operation records, by an entry or by a write. */
export const pagesOf = (op: OperationSpec): readonly PageRef[] => operationDescriptor(op).pages?.(op) ?? [];

/** Whether an actor performs one of these operations. */
export const performs: (spec: Pick<VmSpec, 'actors'>, ...names: readonly OperationName[]) => boolean = performsAny;

/** Whether an actor performs an operation with such effects. */
export const performsWhere = ({ actors }: VmSpec, has: (effects: Effects) => boolean): boolean =>
  actors.some(({ operations }) => operations.some((op) => has(effectsOf(op))));

/** Whether the assumptions of all operations hold: see `OperationDescriptor.assumes`. */
export const assumptionsHold = (spec: VmSpec): boolean =>
  spec.actors.every(({ operations }) => operations.every((op) => operationDescriptor(op).assumes?.(spec) ?? true));
