import { expect, test } from 'vitest';
import { startIn, temporaryFolder } from '../commandLine.ts';

const { folder, gfnring, write } = temporaryFolder();

const writeAdd = (body: string): string => write('add.ts', `export const add = (mem, { count }) => { ${body} };\n`);

test('explore --watch explores again when a file changes that the module imports', async () => {
  writeAdd('mem.fetchAdd(count, 1);');
  write(
    'count.mjs',
    `import { scenario } from 'gfnring';
import { add } from './add.js';
export default scenario({
  name: 'count',
  cells: { count: 'u32' },
  actors: { a: [add], b: [add] },
  finally: { 'both count': ({ read, cells }) => read(cells.count) === 2 },
});
`,
  );
  const { child, ended } = startIn(folder, 'explore', './count.mjs', '--watch', '--scheduler', 'exhaustive');
  let printed = '';
  child.stdout!.on('data', (text) => {
    printed += text;
  });
  const until = (text: string) => expect.poll(() => printed, { timeout: 50_000 }).toContain(text);
  await until('proved');
  writeAdd('mem.store(count, mem.load(count) + 1);');
  await until('VIOLATED: both count');
  printed = '';
  writeAdd('mem.fetchAdd(count, 1);');
  await until('proved');
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({
    status: 130,
    stderr: expect.stringContaining('watching 2 files; Ctrl-C ends\n'),
  });
}, 180_000);

test('--watch needs a module', () => {
  expect(gfnring('explore', 'ring', '--watch')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(/^gfnring: --watch needs the path of a module: .*\n$/),
  });
});
