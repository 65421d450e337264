import { isFence, isRead, isRmw, isStore, Kind, kindNames, kindOf, placeOf } from './kinds.ts';
import type { Layout } from './layout.ts';

/**
 * One step as plain data. `value` is what was loaded or stored; `old` is what a written cell held
 * before, 0 for loads.
 */
export interface Step {
  readonly thread: number;
  /** The index of its operation among those of its thread. */
  readonly operation: number;
  /** See `accessCode`. */
  readonly code: number;
  readonly value: bigint;
  readonly old: bigint;
  /** Under `tso`: not an access, but a store of this thread that leaves its store buffer. */
  readonly leaves?: true;
  /**
   * Under `rc11`: for each location of the cell, the step whose store was read, and that of the
   * newest store there; -1: the initial value.
   */
  readonly reads?: readonly { readonly from: number; readonly newest: number }[];
  /** The earlier step whose store comes after this one in coherence order, if there is one. */
  readonly under?: number;
}

export type Trace = readonly Step[];

/** Whether two steps are the same access with the same values. */
export function sameStep(a: Step, b: Step): boolean {
  return (
    a.thread === b.thread && a.operation === b.operation && a.code === b.code && a.value === b.value && a.old === b.old
  );
}

/** A step as text: `load   prod_index → 0`. */
export function describeStep(step: Step, layout: Layout): string {
  const kind = kindOf(step.code);
  if (kind === Kind.choose) return `choose → ${number(step.value)}`;
  if (isFence(kind)) return kindNames[kind];
  if (step.leaves) return `${layout.places[placeOf(step.code)].name} = ${number(step.value)} leaves`;
  const name = layout.places[placeOf(step.code)].name;
  const what = `${kindNames[kind].padEnd(6)} ${name}`;
  if (isStore(kind)) return `${what} = ${number(step.value)}`;
  if (isRmw(kind) && step.old !== step.value) return `${what} ${number(step.old)} → ${number(step.value)}`;
  return isRead(kind) ? `${what} → ${number(step.value)}` : what;
}

const number = (value: bigint): string => (value > 0xffffn ? `0x${value.toString(16)}` : `${value}`);
