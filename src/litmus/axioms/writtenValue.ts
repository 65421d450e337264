import type { Update } from '../syntax.ts';

const VALUES: Readonly<Record<Update['how'], (old: number, operand: number) => number>> = {
  xchg: (_, operand) => operand,
  cmpxchg: (_, operand) => operand,
  addUnless: (old, operand) => (old + operand) | 0,
  fetchAdd: (old, operand) => (old + operand) | 0,
  fetchAnd: (old, operand) => old & operand,
  fetchOr: (old, operand) => old | operand,
  fetchXor: (old, operand) => old ^ operand,
};

/** What an atomic writes, if it writes. */
export const writtenValue = (how: Update['how'], old: number, operand: number): number => VALUES[how](old, operand);
