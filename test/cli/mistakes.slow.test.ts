import { expect, test } from 'vitest';
import { temporaryFolder } from '../commandLine.ts';

const { gfnringHere, write } = temporaryFolder();

const module = (body: string, rest = ''): string => `import { scenario } from 'gfnring';
export default scenario({
  name: 's',
  cells: { x: 'u32', wide: 'u64', list: { type: 'u32', length: 2 } },
  locks: ['m'],
  actors: {
    a: [(mem, names) => {
      const { x, wide, list, m } = names;
      ${body}
    }],
    b: [(mem, { x }) => mem.store(x, 1)],
  },
  ${rest}
});
`;

test.each([
  ['a typo', 'mem.laod(x);', /there is no mem\.laod: did you mean mem\.load\?, at \.?\/?m\.mjs:9/],
  ['a wrong case', 'mem.fetchadd(x, 1);', /there is no mem\.fetchadd: did you mean mem\.fetchAdd\?, at .*m\.mjs:9/],
  ['a name like no other', 'mem.somethingElse(x);', /there is no mem\.somethingElse, at .*m\.mjs:9/],
  ['an unknown cell', 'mem.load(names.y);', /there is no cell or lock 'y', only x, wide, list, m, at .*m\.mjs:9/],
  ['an index outside of a list', 'mem.load(list[2]);', /mem\.load does not work on undefined, at .*m\.mjs:9/],
  ['a lock as a cell', 'mem.load(m);', /mem\.load does not work on m, a mutex of 32 bits, at .*m\.mjs:9/],
  ['no value', 'mem.store(x);', /mem\.store of undefined to x: must be a whole number, at .*m\.mjs:9/],
  ['no operand', 'mem.fetchAdd(x);', /mem\.fetchAdd of undefined to x: must be a whole number, at .*m\.mjs:9/],
  ['no replacement', 'mem.cmpxchg(x, 0);', /mem\.cmpxchg of undefined to x: must be a whole number, at .*m\.mjs:9/],
  ['NaN', 'mem.store(x, 0 / 0);', /mem\.store of NaN to x: must be a whole number, at .*m\.mjs:9/],
  ['a fraction', 'mem.storeRelease(x, 1.5);', /mem\.storeRelease of 1\.5 to x: must be a whole number, at .*m\.mjs:9/],
  ['a text', 'mem.store(x, "1");', /mem\.store of "1" to x: must be a whole number, at .*m\.mjs:9/],
  [
    'a number for 64 bits',
    'mem.store64(wide, 1);',
    /mem\.store64 of 1 to wide: must be a bigint, such as 1n, at .*m\.mjs:9/,
  ],
])('%s ends in one line with file and line', async (_, body, message) => {
  write('m.mjs', module(body));
  const { status, stdout, stderr } = await gfnringHere('explore', './m.mjs', '--scheduler', 'exhaustive');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^gfnring: s: TypeError: ${message.source}\\n$`));
});

test.each([
  ['returns nothing', '{ read(cells.x) === 1; }', /returns nothing: must return true or false/],
  ['reads an unknown cell', 'read(cells.y) === 1', /throws ReferenceError: there is no cell 'y', .*, at .*m\.mjs:13/],
  ['throws', 'null.x', /throws TypeError: Cannot read .*, at .*m\.mjs:13/],
])('a property that %s ends in one line', async (_, body, message) => {
  write('m.mjs', module('mem.load(x);', `finally: { holds: ({ read, cells }) => ${body} },`));
  const { status, stdout, stderr } = await gfnringHere('explore', './m.mjs', '--scheduler', 'exhaustive');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^gfnring: scenario s: finally\\.holds ${message.source}\\n$`));
});

test('a wrong value that only another thread makes possible is a finding with its trace', async () => {
  write('m.mjs', module('mem.store(list[0], mem.load(x) === 1 ? NaN : 0);'));
  const { status, stdout } = await gfnringHere('explore', './m.mjs', '--scheduler', 'exhaustive');
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /load {3}x → 1 {2}← 1\n {2}TypeError: mem\.store of NaN to list\[0\]: must be a whole number, at/,
  );
});

test('a crash names its file and line', async () => {
  write('m.mjs', module('mem.load(x); null.x;'));
  const { status, stdout } = await gfnringHere('explore', './m.mjs', '--scheduler', 'exhaustive');
  expect(status).toBe(1);
  expect(stdout).toMatch(/TypeError: Cannot read properties of null \(reading 'x'\), at .*m\.mjs:9\n/);
});
