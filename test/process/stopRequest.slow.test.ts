import { afterAll, expect, test } from 'vitest';
import { createStopRequest } from '../../src/process/stopRequest.ts';
import { temporaryFolder } from '../commandLine.ts';

const { gfnringHere, write } = temporaryFolder();
createStopRequest()();
// The next test file may run in the same process.
afterAll(() => void createStopRequest());

test('a request to stop does not cut a replay', async () => {
  const { status, stdout, stderr } = await gfnringHere('replay', 'ring:0x3,1,0');
  expect([status, stderr]).toEqual([130, '']);
  expect(stdout).toContain('✓ no property is violated');
});

test('an error after a request to stop is an interruption', async () => {
  const file = write('wrong.mjs', "throw new Error('stopped');");
  const interrupted = { status: 130, stdout: '', stderr: 'gfnring: interrupted\n' };
  expect(await gfnringHere('explore', file)).toEqual(interrupted);
  expect(JSON.parse((await gfnringHere('explore', file, '--json')).stdout)).toEqual({
    schema: 1,
    outcome: 'interrupted',
  });
});
