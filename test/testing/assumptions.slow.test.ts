import { expect, test } from 'vitest';
import { scenario } from '../../src/scenario/define.ts';
import { explore } from '../../src/testing/explore.ts';
import { runHere } from '../commandLine.ts';

/** A loop in a test file is not instrumented, so its iterations are compared. */
const spins = scenario({
  name: 'spins',
  cells: { x: 'u32' },
  actors: {
    a: [
      (mem, { x }) => {
        while (mem.load(x) === 0);
      },
    ],
    b: [(mem, { x }) => mem.store(x, 1)],
  },
});

test('a verdict that rests on a comparison of iterations says so, and names the loop', async () => {
  const { outcome, exhausted, assumptions } = await explore(spins);
  expect({ outcome, exhausted }).toEqual({ outcome: 'passed', exhausted: true });
  expect(assumptions).toEqual([
    {
      kind: 'comparison',
      loop: expect.stringMatching(/^test\/testing\/assumptions\.slow\.test\.ts:13:\d+$/),
      text: expect.stringContaining('leaves anything behind'),
    },
  ]);
});

test('strict does not compare iterations', async () => {
  const { outcome, assumptions, loop } = await explore(spins, { strict: true, steps: 100 });
  expect({ outcome, assumptions }).toEqual({ outcome: 'limit', assumptions: [] });
  expect(loop).toMatch(/^the loop at test\/testing\/assumptions\.slow\.test\.ts:13:\d+ in operation 1 of a, /);
});

test('the condition of waitUntil is known', async () => {
  const waits = scenario({
    name: 'waits',
    cells: { x: 'u32', wide: 'u64' },
    actors: {
      a: [(mem, { x, wide }) => [mem.waitUntil(x, (value) => value > 0), mem.waitUntil(wide, (value) => value > 0n)]],
      b: [(mem, { x, wide }) => [mem.store(x, 1), mem.store(x, 2), mem.store64(wide, 1n << 40n)]],
    },
    sometimes: { 'the first value': ({ results }) => (results.a[0] as unknown[] | undefined)?.[0] === 1 },
    finally: { 'the second cell': ({ results }) => (results.a[0] as unknown[])[1] === 1n << 40n },
  });
  for (const memoryModel of ['sc', 'tso', 'rc11'] as const)
    for (const reduction of ['none', 'optimal', 'states'] as const)
      expect(await explore(waits, { memoryModel, reduction, strict: true })).toMatchObject({
        outcome: 'passed',
        assumptions: [],
      });
});

const gfnring = (...args: string[]) => runHere('.', 'explore', ...args);

test('a proof names its bound, also on the command line', async () => {
  const module = 'test/verdicts/tries.mjs';
  const shown = await gfnring(module, '--scheduler', 'exhaustive', '--iterations', '1');
  expect(shown.stdout).toMatch(
    /✓ tries .* proved .*\n {2}proved for up to 1 iterations of the loop at \S*tries\.mjs:\d+\n/,
  );
  expect(shown.status).toBe(0);
  expect((await gfnring(module, '--scheduler', 'exhaustive', '--iterations', '2', '--minimise', '0')).status).toBe(1);
  const json = JSON.parse((await gfnring(module, '--scheduler', 'exhaustive', '--iterations', '1', '--json')).stdout);
  expect(json.assumptions).toEqual([
    expect.objectContaining({ kind: 'bound', loop: expect.stringContaining('tries.mjs:') }),
  ]);
});

test('an unfinished proof is undecided, has its own exit status, and says how to finish it', async () => {
  const short = await gfnring('vm', '--scheduler', 'exhaustive', '--seconds', '1');
  expect(short).toMatchObject({
    status: 4,
    stdout: expect.stringMatching(/^\? vm .*undecided: searched in part, nothing found\n {2}limit: 1 seconds/),
  });
  expect(short.stdout).not.toContain('VIOLATED');
  const bounded = await gfnring('test/verdicts/tries.mjs', '--scheduler', 'exhaustive', '--steps', '3');
  expect(bounded).toMatchObject({
    status: 4,
    stdout: expect.stringMatching(
      /the loop at \S*tries\.mjs:\d+ in operation 1 of a, polls does not end: bound it with --iterations 10/,
    ),
  });
  expect((await gfnring('vm', '--seconds', '0.01', '--executions', '1')).status).toBe(4);
});
