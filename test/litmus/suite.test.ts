import { describe, expect, test } from 'vitest';
import { oracle } from './oracle.ts';
import { SUITE, short } from './suite.ts';

describe.each(['sc', 'tso', 'rc11'] as const)('%s', (model) => {
  test.each(SUITE.map((row) => [row.name, row] as const))('%s', (_, row) => {
    const { outcomes } = oracle(row.test, model === 'rc11' ? 'views' : model);
    // Two outcomes with the same short form would hide each other.
    expect([...outcomes].map((outcome) => short(row, outcome)).sort()).toEqual(row.allowed[model]);
  });
});
