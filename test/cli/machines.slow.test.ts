import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { withChecksum } from '../../src/input/checksum.ts';
import { temporaryFolder } from '../commandLine.ts';

const { gfnring, gfnringHere, path, write } = temporaryFolder();

write(
  'sb.mjs',
  `import { scenario } from 'gfnring';

const announce = (mem, mine) => mem.store(mine, 1);
const side = (mine, theirs) => ({
  label: 'side',
  run: (mem, names) => {
    mem.wmb();
    announce(mem, names[mine]);
    mem.rmb();
    return mem.load(names[theirs]);
  },
});
const again = (mem, { wide }, before) => {
  mem.mb();
  mem.write64(wide, 0x100000000n);
  return [before, mem.load64(wide)];
};

export default scenario({
  name: 'sb',
  cells: { x: 'u32', y: 'u32', wide: 'u64' },
  racy: ['wide'],
  actors: { a: [side('x', 'y'), again], b: [side('y', 'x'), again] },
  finally: { 'one sees the other': ({ results }) => results.a[0] === 1 || results.b[0] === 1 },
});
`,
);
const explore = async (...args: string[]) =>
  (await gfnringHere('explore', './sb.mjs', '--scheduler', 'exhaustive', ...args)).stdout;

describe.each(['tso', 'rc11'])('a finding under %s', async (model) => {
  const text = await explore('--memory-model', model, '--lines');
  const file = / replay (\S+)/.exec(text)![1];

  test('is not offered to real threads, which cannot reproduce it', async () => {
    expect(text).not.toContain('--on workers');
    expect((await gfnringHere('replay', file, '--on', 'workers')).status).toBe(2);
  });

  test.each(['a', 'b'])('is run again as %s alone, with its fences', async (actor) => {
    const { status, stdout, stderr } = await gfnringHere('replay', file, '--actor', actor);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^side: 0\n/);
  });

  test('is printed with the source line of each access', async () => {
    const lines = text.split('\n');
    const row = (access: string): string => lines.find((line) => line.includes(access))!;
    expect(row('store  x = 1')).toMatch(/ {2}sb\.mjs:3:37$/);
    expect(row('load   y → 0')).toMatch(/ {2}sb\.mjs:10:16$/);
    if (model === 'tso') expect(row('x = 1 leaves')).toMatch(/ {2}sb\.mjs:3:37$/);
    expect((await gfnringHere('replay', file, '--lines')).stdout).toContain('sb.mjs:10:16');
    expect((await gfnringHere('replay', file)).stdout).not.toContain('sb.mjs');
  });
});

describe('a finding has its own machine', async () => {
  const file = / replay (\S+)/.exec(await explore('--memory-model', 'rc11'))![1];
  const found = JSON.parse(readFileSync(path(file), 'utf8'));
  const changed = (fields: object): string => {
    write('changed.json', withChecksum({ ...found, ...fields }));
    return 'changed.json';
  };
  const module = path('sb.mjs');
  const scenario = { ...found.scenario, module };

  test('and is explored on it, unless options name another', async () => {
    const outcome = async (...args: string[]): Promise<string> =>
      JSON.parse((await gfnringHere('explore', file, '--scheduler', 'exhaustive', '--json', ...args)).stdout).outcome;
    expect([await outcome(), await outcome('--memory-model', 'sc')]).toEqual(['violated', 'passed']);
  });

  test('which no option changes in a replay', async () => {
    const { status, stderr } = await gfnringHere('replay', file, '--memory-model', 'tso');
    expect([status, stderr]).toEqual([
      2,
      'gfnring: --memory-model is only for scenario:schedule: a finding has its own machine\n',
    ]);
    const { stdout } = await gfnringHere('replay', file, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ memoryModel: 'rc11', tearing: false });
  });

  test.each([
    [{ tearing: 'yes' }, 'tearing is "yes": must be true or false'],
    [{ memoryModel: 'arm' }, 'memoryModel is "arm": must be one of sc, tso, rc11'],
    [{ schedule: '0.9' }, 'step 1 of the schedule is impossible: a can take it in one way alone, so without .9'],
    [
      { schedule: '0x3,1x2,1.9' },
      'step 6 of the schedule is impossible: b can take it in one way alone, so without .9',
    ],
    [
      { schedule: '0,3', memoryModel: 'tso' },
      'step 2 of the schedule is impossible: the store buffer of b is empty there',
    ],
  ])('%j is refused', async (fields, message) => {
    const { status, stderr } = await gfnringHere('replay', changed({ scenario, ...fields }), '--trust');
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

test('tso refuses more actors than it has store buffers', async () => {
  const crowd = (n: number): string =>
    `import { scenario } from 'gfnring';
const actors = Object.fromEntries(Array.from({ length: ${n} }, (_, i) => ['a' + i, [(mem, { x }) => mem.store(x, 1)]]));
export default scenario({ name: 'crowd', cells: { x: 'u32' }, actors });
`;
  for (const n of [15, 16]) write(`crowd${n}.mjs`, crowd(n));
  const of = (n: number, model: string) =>
    gfnringHere('explore', `./crowd${n}.mjs`, '--memory-model', model, '--executions', '5');
  expect([(await of(15, 'tso')).status, (await of(16, 'rc11')).status]).toEqual([0, 0]);
  const { status, stdout, stderr } = await of(16, 'tso');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^gfnring: crowd: 16 actors: under the memory model tso there may be 15 at most, .*\n$/);
});

test('an operation that gets the previous result has source lines, and so have torn stores', async () => {
  const { stdout } = await gfnringHere('replay', './sb.mjs:0x5,1x5', '--tearing', '--lines');
  expect(stdout).toMatch(/wide\.high = 1 +sb\.mjs:15:7\n/);
  expect(stdout).toMatch(/load {3}wide → 0x100000000 .*sb\.mjs:16:23\n/);
});

test('compiled code has the lines of its source', () => {
  expect(gfnring('replay', 'ring:0x3', '--lines').stdout).toMatch(
    /ring0\.prod_index → 0 .*src\/ring\/push\.ts:\d+:\d+\n/,
  );
});
