import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { callerOf } from '../../src/memory/sourceLine.ts';
import { temporaryFolder } from '../commandLine.ts';

const { write } = temporaryFolder();
/** Maps line 1, column 5 of the compiled file to line 3, column 7 of `source`. */
const mapOf = (source: string) => ({ version: 3, sources: [source], names: [], mappings: 'IAEM', sourceRoot: '' });
const stackTo = (...callers: string[]): string =>
  ['Error', 'at a (file:///m/a.js:1:1)', 'at B.b [as c] (file:///m/b.js:2:2)', ...callers].join('\n    ');

test('the caller is the first stack line outside the folder of the first one, in any format', () => {
  expect(
    callerOf(stackTo('at Array.map (<anonymous>)', 'at f (file:///u/x.mjs:3:4)', 'at g (file:///u/y.mjs:5:6)')),
  ).toBe('/u/x.mjs:3:4');
  expect(callerOf(stackTo('at file:///u/with%20space%20(1)/x.mjs:3:4'))).toBe('/u/with space (1)/x.mjs:3:4');
  expect(callerOf(stackTo('at async f (/u/a (1)/x.mjs:3:4)'))).toBe('/u/a (1)/x.mjs:3:4');
  expect(callerOf(stackTo(`at f (${pathToFileURL('inside/x.mjs').href}:3:4)`))).toBe('inside/x.mjs:3:4');
  expect(callerOf(stackTo())).toBeUndefined();
  expect(callerOf('')).toBeUndefined();
});

test('a source map gives the place in the source, if the source exists', () => {
  const source = write('x.ts', '');
  write('x.js.map', JSON.stringify(mapOf('x.ts')));
  const beside = write('x.js', 'mem.load(x);\n//# sourceMappingURL=x.js.map\n');
  expect(callerOf(stackTo(`at f (${beside}:1:5)`))).toBe(`${source}:3:7`);
  const base64 = Buffer.from(JSON.stringify(mapOf('x.ts'))).toString('base64');
  const inside = write(
    'y.js',
    `mem.load(x);\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${base64}`,
  );
  expect(callerOf(stackTo(`at f (${inside}:1:5)`))).toBe(`${source}:3:7`);
  const lost = write('z.js', 'mem.load(x);\n//# sourceMappingURL=none.map\n');
  expect(callerOf(stackTo(`at f (${lost}:1:5)`))).toBe(`${lost}:1:5`);
  const gone = Buffer.from(JSON.stringify(mapOf('gone.ts'))).toString('base64');
  const moved = write('w.js', `mem.load(x);\n//# sourceMappingURL=data:application/json;base64,${gone}`);
  expect(callerOf(stackTo(`at f (${moved}:1:5)`))).toBe(`${moved}:1:5`);
});
