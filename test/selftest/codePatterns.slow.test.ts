import { type AnyNode, type Options, parse, tokenizer } from 'acorn';
import { expect, test } from 'vitest';
import { compiledText, seededBugs } from '../../selftest/fits.ts';
import { matchesOf, renamed } from '../../selftest/patch/codePatterns.ts';
import { patched } from '../../selftest/patch/patch.ts';
import { childNodes, resolveScopes, type Variable } from '../../src/loops/scopes.ts';

const OPTIONS: Options = { ecmaVersion: 'latest', sourceType: 'module' };

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

test('an object keeps its keys when local variables have other names', () => {
  const names = new Map([['place', 'cell']]);
  expect(renamed('return { place: 1, n: place };', names)).toBe('return { place: 1, n: cell };');
  expect(renamed('n: place, place: 1,', names)).toBe('n: cell, place: 1,');
  expect(renamed(`return { n: \`\${place}\`, place };`, names)).toBe(`return { n: \`\${cell}\`, place: cell };`);
});

test('names that a pattern does not have come from the code of its scope', () => {
  const source = 'function f(a, b) { let c = g(b); h(1); } function k(d) { let e = g(d); h(2); }';
  const names = (pattern: string, ...scope: string[]) =>
    matchesOf(source, pattern, scope).map((match) => Object.fromEntries(match.names));
  expect(names('h(1)', 'function f(x, y)')).toEqual([{ x: 'a', y: 'b' }]);
  expect(names('h(1)', 'function f(x, y)', 'let z = g(y);')).toEqual([{ x: 'a', y: 'b', z: 'c' }]);
  expect(names('h(1)', 'function f(x, y)', 'let z = g(x);')).toEqual([]);
  expect(names('h(1)', 'function k(x)')).toEqual([]);
  expect(names('h(2)', 'let z = g(x);')).toEqual([{ z: 'e', x: 'd' }]);
});

test('a scope chooses among places, and must be clear itself', () => {
  const source = 'function f(a) { let b = 0; let c = 0; h(); } function k(a) { h(); }';
  expect(matchesOf(source, 'h()')).toHaveLength(2);
  expect(matchesOf(source, 'h()', ['function k(x)'])).toHaveLength(1);
  expect(matchesOf(source, 'h()', ['let x = 0;'])).toHaveLength(2);
  expect(matchesOf(source, 'h()', ['let b = 0;'])).toHaveLength(1);
});

/** The same module without comments and line breaks. Local variables have numbers for names. */
function disguised(source: string): string {
  const program = parse(source, OPTIONS);
  const shorthand = new Set<number>();
  const visit = (node: AnyNode): void => {
    if (node.type === 'Property' && node.shorthand) shorthand.add(node.start);
    for (const child of childNodes(node)) visit(child);
  };
  visit(program);
  const variables = new Map<number, Variable>();
  for (const [node, variable] of resolveScopes(program).variableOf)
    if (variable.owner !== undefined) variables.set(node.start, variable);
  const names = new Map<Variable, string>();
  let result = '';
  for (const { type, start, end } of tokenizer(source, OPTIONS)) {
    const text = source.slice(start, end);
    const variable = variables.get(start);
    if (variable !== undefined && !names.has(variable)) names.set(variable, `_${names.size}`);
    if (!['template', '`', '${'].includes(type.label)) result += ' ';
    if (shorthand.has(start)) result += `${text} : `;
    result += variable === undefined ? text : names.get(variable);
  }
  return result;
}

test('every seeded bug is the same where comments, formatting and local names change', () => {
  const made = new Map<string, string>();
  const wrong = seededBugs.flatMap(({ name, edits }) =>
    [...new Set(edits.map(({ file }) => file))].flatMap((file) => {
      const source = compiledText(file);
      const own = edits.filter((edit) => edit.file === file);
      if (!made.has(file)) made.set(file, disguised(source));
      const same = disguised(patched(made.get(file)!, own)) === disguised(patched(source, own));
      return same ? [] : [`${name}: ${file}`];
    }),
  );
  expect(wrong).toEqual([]);
}, 240_000);
