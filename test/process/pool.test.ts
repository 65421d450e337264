import { expect, test } from 'vitest';
import { createPool } from '../../src/process/pool.ts';
import { temporaryFolder } from '../commandLine.ts';

const { write } = temporaryFolder();

test('threads of a pool import their module: Node 20 aborts if one is terminated while it requires it', async () => {
  const file = write(
    'loaded.mjs',
    'Error.stackTraceLimit = 50;\nconst { stack } = new Error();\nexport default () => stack;\n',
  );
  const pool = createPool(file, 1);
  const stack = await pool.run({});
  await pool.destroy();
  expect(stack).toContain('loaded.mjs');
  expect(stack).not.toMatch(/require|modules\/cjs/i);
});
