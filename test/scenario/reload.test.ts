import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const dir = mkdtempSync(join(process.cwd(), 'test/output-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('a second exploration in one process runs the files as they are now, also those that a module imports', () => {
  const program = `
    import { writeFileSync } from 'node:fs';
    import { explore } from ${JSON.stringify(join(process.cwd(), 'dist/index.js'))};
    const write = (store, value) => {
      writeFileSync('value.mjs', \`export const value = \${value};\`);
      writeFileSync('it.mjs', \`import { scenario } from 'gfnring'; import { value } from './value.mjs';
        export default scenario({ name: 'it', cells: { x: 'u32' }, actors: { a: [(mem, { x }) => mem.\${store}(x, value)] },
          finally: { 'it is 1': ({ read, cells }) => read(cells.x) === 1 } });\`);
    };
    const outcomes = [];
    for (const [store, value] of [['store', 2], ['store', 1], ['fetchAdd', 2], ['fetchAdd', 1]]) {
      write(store, value);
      outcomes.push((await explore('./it.mjs', { dir: '.' })).outcome);
    }
    console.log(outcomes.join());`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: dir,
    encoding: 'utf8',
  });
  expect(printed.trim()).toBe('violated,passed,violated,passed');
});
