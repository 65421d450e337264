import type { Layout } from './layout.ts';
import { isFence, Kind, kindNames, kindOf, placeOf } from './memory.ts';

/**
 * One step as plain data. `value` is what was loaded or stored, `old` what a written cell held before (0 for loads), both as decimal
 * numbers up to 2^53 and as strings above, so that JSON keeps them.
 */
export interface Step {
  readonly thread: number;
  /** The operation it belongs to: its index among its thread's. */
  readonly operation: number;
  /** Access code: see `accessCode`. */
  readonly code: number;
  readonly value: bigint;
  readonly old: bigint;
  /** Under `tso`: it is not an access, but one of this thread that leaves its store buffer. */
  readonly leaves?: true;
  /**
   * Where memory is not one: the steps whose stores were read, -1 for an initial value, a number each location of the cell; and the steps of the newest
   * stores there were.
   */
  readonly reads?: readonly { readonly from: number; readonly newest: number }[];
  /** Where the order of the stores to a cell is not that of the steps: the earlier step whose store comes after this one. */
  readonly under?: number;
}

export type Trace = readonly Step[];

/** Whether two steps are the same access with the same values. */
export function sameStep(a: Step, b: Step): boolean {
  return (
    a.thread === b.thread && a.operation === b.operation && a.code === b.code && a.value === b.value && a.old === b.old
  );
}

/** One access in words: `load   prod_index → 0`. */
export function describeStep(step: Step, layout: Layout): string {
  const kind = kindOf(step.code);
  if (isFence(kind)) return kindNames[kind];
  if (step.leaves) return `${layout.places[placeOf(step.code)].name} = ${number(step.value)} leaves`;
  const name = layout.places[placeOf(step.code)].name;
  const what = `${kindNames[kind].padEnd(6)} ${name}`;
  switch (kind) {
    case Kind.read:
    case Kind.load:
    case Kind.loadAcquire:
    case Kind.wait:
      return `${what} → ${number(step.value)}`;
    case Kind.write:
    case Kind.store:
    case Kind.storeRelease:
      return `${what} = ${number(step.value)}`;
    case Kind.xchg:
    case Kind.cmpxchg:
    case Kind.fetchAdd:
    case Kind.fetchAnd:
    case Kind.fetchOr:
      return step.old === step.value
        ? `${what} → ${number(step.old)}`
        : `${what} ${number(step.old)} → ${number(step.value)}`;
    default:
      return what;
  }
}

const number = (value: bigint): string => (value > 0xffffn ? `0x${value.toString(16)}` : `${value}`);
