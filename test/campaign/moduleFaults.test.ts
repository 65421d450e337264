import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createPool } from '../../src/process/pool.ts';
import { temporaryFolder } from '../commandLine.ts';

const { write } = temporaryFolder();

test('a timer that throws after its task is the fault of its own module, and not of the next one', async () => {
  const faults = resolve('dist/campaign/executors/moduleFaults.js');
  const file = write(
    'worker.mjs',
    `import { withoutFaults } from ${JSON.stringify(faults)};
import { setTimeout as sleep } from 'node:timers/promises';
export default ({ module, throws }) => withoutFaults(module, async () => {
  if (throws) setTimeout(() => { throw undefined; }, 30);
  else await sleep(60);
  return module;
});`,
  );
  const pool = createPool(file, 1);
  const messages: unknown[] = [];
  pool.on('message', (message: unknown) => messages.push(message));
  const [a, b] = [resolve('a.mjs'), resolve('b.mjs')];
  expect(await pool.run({ module: a, throws: true })).toBe(a);
  expect(await pool.run({ module: b, throws: false })).toBe(b);
  const message = './a.mjs: an error outside of any operation: undefined';
  await expect(pool.run({ module: a, throws: false })).rejects.toThrow(message);
  await sleep(10);
  await pool.destroy();
  expect(messages).toContainEqual({ kind: 'late fault', message });
});
