import type { Violation } from '../../explore/execution/violation.ts';
import type { Page } from '../../guest/guest.ts';
import type { Gfn } from '../../kvm/kvm.ts';
import type { OperationSpec } from '../spec.ts';

export const violationOfRule = (property: string, message: string): Violation => ({ property, message });

export const isSameGfn = (a: Gfn, b: Gfn): boolean => a.slot === b.slot && a.offset === b.offset;
export const formatGfn = ({ slot, offset }: Gfn): string => `${slot}:${offset}`;
export const formatPage = ({ slot, offset }: Page): string => `${slot}:${offset}`;

/** How two lists of pages differ, in words; undefined: they are the same, in the same order. */
export function describeDifference(got: readonly Gfn[], expected: readonly Gfn[]): string | undefined {
  const [a, b] = [got.map(formatGfn).join(' '), expected.map(formatGfn).join(' ')];
  return a === b ? undefined : `got ${a || 'none'}, expected ${b || 'none'}`;
}

/** The pages that an operation may record. */
export function gfnsRecordedBy(op: OperationSpec): Gfn[] {
  if (op.do === 'push') return [{ slot: op.slot, offset: BigInt(op.offset) }];
  return op.do === 'write' || op.do === 'host-write'
    ? op.pages.map(([slot, offset]) => ({ slot, offset: BigInt(offset) }))
    : [];
}

/** HOT. `list` with another element `at`. `Array.prototype.with` takes half as long again. */
export function withElement<T>(list: readonly T[], at: number, value: T): readonly T[] {
  const copy = list.slice();
  copy[at] = value;
  return copy;
}

const keys = new WeakMap<object, string>();

/** HOT. The key of `value`, computed once per object: a step changes only one part of a state. */
export function memoizedBy<T extends object>(value: T, keyOf: (value: T) => string): string {
  let key = keys.get(value);
  if (key === undefined) {
    key = keyOf(value);
    keys.set(value, key);
  }
  return key;
}
