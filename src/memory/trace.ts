import type { Place } from './cell.ts';
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
  const place = layout.places[placeOf(step.code)];
  const { name } = place;
  if (step.leaves) return `${name} = ${shown(step.value, place)} leaves`;
  const what = `${kindNames[kind].padEnd(6)} ${name}`;
  if (kind === Kind.resumeFor) return `resume ${name} → ${step.value === 1n ? 'ok' : 'timed-out'}`;
  if (kind === Kind.wakeSome) return `wake   ${name} → ${step.value}`;
  if (kind === Kind.waitFor) return `wait   ${name} → ${shown(step.value, place)}`;
  if (isStore(kind)) return `${what} = ${shown(step.value, place)}`;
  if (isRmw(kind) && step.old !== step.value) return `${what} ${shown(step.old, place)} → ${shown(step.value, place)}`;
  return isRead(kind) ? `${what} → ${shown(step.value, place)}` : what;
}

/** The value of a place that has these bits. */
function shown(bits: bigint, place: Place): string {
  if (!('signed' in place) || !place.signed) return number(bits);
  const value = BigInt.asIntN(place.bits, bits);
  return value < 0n ? `${value}` : number(value);
}

const number = (value: bigint): string => (value > 0xffffn ? `0x${value.toString(16)}` : `${value}`);
