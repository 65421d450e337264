import { describe, expect, test } from 'vitest';
import { oracle } from './oracle.ts';
import { SUITE, short } from './suite.ts';

describe.each(['sc', 'tso', 'weak'] as const)('%s', (model) => {
  test.each(SUITE.map((row) => [row.name, row] as const))('%s', (_, row) => {
    const { outcomes } = oracle(row.test, model);
    // Two outcomes with the same short form would hide each other.
    expect([...outcomes].map((outcome) => short(row, outcome)).sort()).toEqual(row.allowed[model]);
  });
});
