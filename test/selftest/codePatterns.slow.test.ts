import { readFileSync } from 'node:fs';
import { type AnyNode, parse, tokenizer } from 'acorn';
import { expect, test } from 'vitest';
import { misfits } from '../../selftest/fits.ts';
import { matchesOf, renamed } from '../../selftest/patch/codePatterns.ts';
import { resolveScopes } from '../../src/loops/scopes.ts';

test('a pattern ignores whitespace and comments, and its replacement uses the local names of the match', () => {
  const source = 'function f(cell, n) { /* why */ if (g(cell) >\n 1) return { n: n, cell }; }';
  expect(matchesOf(source, 'if (g(cell) > 1)')).toHaveLength(1);
  expect(matchesOf(source, 'if (g(place) > 1) return { n, place')).toHaveLength(1);
  expect(matchesOf(source, 'if (g(place) > 1)')).toMatchObject([{ names: new Map([['place', 'cell']]) }]);
  expect(matchesOf(source, 'if (h(cell) > 1)')).toEqual([]);
  expect(renamed('return { place, n: place.n };', new Map([['place', 'cell']]))).toBe(
    'return { place: cell, n: cell.n };',
  );
});

test('two names in a pattern match two different variables', () => {
  expect(matchesOf('function f(a, b) { g(a, a); }', 'g(x, y)')).toEqual([]);
  expect(matchesOf('function f(a, b) { g(a, b); }', 'g(x, y)')).toHaveLength(1);
  expect(matchesOf('function f(a, b) { g(a, b); }', 'g(x, x)')).toEqual([]);
});

/**
 * The same module without comments, with other formatting, and with all local variables renamed.
 */
function disguised(source: string): string {
  const names = resolveScopes(parse(source, { ecmaVersion: 'latest', sourceType: 'module' }));
  const shorthand = new Set<number>();
  const visit = (node: AnyNode): void => {
    if (node.type === 'Property' && node.shorthand) shorthand.add(node.start);
    for (const value of Object.values(node) as unknown[])
      for (const child of Array.isArray(value) ? value : [value])
        if (typeof (child as { type?: unknown } | null)?.type === 'string') visit(child as AnyNode);
  };
  visit(parse(source, { ecmaVersion: 'latest', sourceType: 'module' }));
  const locals = new Map<number, string>();
  for (const [node, { owner, name }] of names.variableOf) if (owner !== undefined) locals.set(node.start, name);
  let result = '';
  let line = -1;
  for (const { type, start, end } of tokenizer(source, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    locations: true,
  })) {
    const text = source.slice(start, end);
    const name = locals.get(start);
    const now = source.slice(0, start).split('\n').length;
    if (!['template', '`', '${'].includes(type.label)) result += now === line ? ' ' : '\n';
    line = now;
    result += name === undefined ? text : shorthand.has(start) ? `${name}: ${name}_` : `${name}_`;
  }
  return result;
}

test('every seeded bug still fits where comments, formatting and local names change', () => {
  const made = new Map<string, string>();
  const wrong = misfits((file) => {
    if (!made.has(file)) made.set(file, disguised(readFileSync(`dist/${file}.js`, 'utf8')));
    return made.get(file)!;
  });
  expect(wrong).toEqual([]);
}, 240_000);
