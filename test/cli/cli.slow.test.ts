import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { withChecksum } from '../../src/input/checksum.ts';
import { FINDING_SCHEMA } from '../../src/run/finding.ts';
import { main, temporaryFolder } from '../commandLine.ts';

const { gfnring, gfnringHere, path, write } = temporaryFolder();

/** Two userspace threads harvest one ring at the same time. The mail allows only one. */
const twoConsumers = {
  schema: 1,
  name: 'two-consumers',
  rings: [{ size: 2, leeway: 0 }],
  slots: [{ slot: 0, npages: 1 }],
  index: 0,
  sometimes: [],
  actors: [
    {
      name: 'vcpu0',
      role: 'vcpu',
      vcpu: 0,
      operations: [
        { do: 'push', slot: 0, offset: 0 },
        { do: 'push', slot: 0, offset: 0 },
      ],
    },
    { name: 'one', role: 'userspace', operations: [{ do: 'harvest', ring: 0, max: 2 }] },
    {
      name: 'two',
      role: 'userspace',
      operations: [
        { do: 'harvest', ring: 0, max: 2 },
        { do: 'harvest', ring: 0, max: 2 },
      ],
    },
  ],
};

write('two.json', twoConsumers);
const report = JSON.parse((await gfnringHere('explore', 'two.json', '--scheduler', 'exhaustive', '--json')).stdout);
const [finding] = report.findings;

describe('a finding', () => {
  test('has the fields of the report', () => {
    expect(report).toMatchObject({
      scenario: 'two-consumers',
      memoryModel: 'sc',
      scheduler: 'exhaustive',
      reduction: 'states',
      outcome: 'violated',
      exhausted: false,
    });
    for (const field of ['seed', 'executions', 'blocked', 'classes', 'states', 'steps', 'seconds'])
      expect(report).toHaveProperty(field);
    expect(finding.contextSwitches).toBe(3);
    expect(JSON.parse(readFileSync(path(finding.file), 'utf8'))).toMatchObject({
      kind: 'finding',
      property: finding.property,
    });
  });

  test('its commands reproduce it: in the explorer, on worker threads, and as one actor', () => {
    const { stdout } = gfnring('explore', 'two.json', '--scheduler', 'exhaustive');
    const lines = [...stdout.matchAll(/npx gfnring (replay .*)/g)].map((found) => found[1].split(' '));
    expect(lines).toHaveLength(3);
    const inExplorer = gfnring(...lines[0]);
    expect([inExplorer.status, inExplorer.stdout]).toEqual([1, expect.stringContaining(`✗ ${finding.property}`)]);
    const onThreads = gfnring(...lines[1]);
    expect([onThreads.status, onThreads.stdout]).toEqual([
      1,
      expect.stringMatching(/the same on \d worker threads: \d+ steps, and the same memory, byte for byte/),
    ]);
    const asOne = gfnring(...lines[2].filter((word) => word !== '--inspect-brk'));
    expect([asOne.status, asOne.stdout]).toEqual([0, expect.stringContaining('harvest ring0, at most 2')]);
  });
});

test('a finding that cannot be replayed ends with one line and status 2', async () => {
  const good = JSON.parse(readFileSync(path(finding.file), 'utf8'));
  const newer = FINDING_SCHEMA + 1;
  const bad: [string, string | object, RegExp][] = [
    ['cut.json', JSON.stringify(good).slice(0, 200), /is no JSON, it seems to be cut off/],
    [
      'newer.json',
      { ...good, schema: newer },
      new RegExp(`schema is ${newer}, written by a newer gfnring: this gfnring reads ${FINDING_SCHEMA}`),
    ],
    ['kind.json', { ...good, kind: 'corpus' }, /kind is "corpus"/],
    ['text.json', { ...good, schedule: '0x5,frog' }, /schedule is no schedule/],
    [
      'step.json',
      { ...good, schedule: '7x3', contextSwitches: 0 },
      /step 1 of the schedule is impossible: there is no thread 7/,
    ],
    [
      'long.json',
      { ...good, schedule: '2x500', contextSwitches: 0 },
      /step \d+ of the schedule is impossible: \w+ cannot take a step there/,
    ],
    ['none.json', { ...good, scenario: undefined }, /scenario is missing: must be an object/],
    [
      'size.json',
      { ...good, scenario: { ...good.scenario, rings: [{ size: 65536, leeway: 0 }] } },
      /size is 65536: must be a whole number from 2 to 32768/,
    ],
  ];
  for (const [name, content, message] of bad) {
    const { status, stdout, stderr } = await gfnringHere(
      'replay',
      write(name, typeof content === 'string' ? content : withChecksum(content)),
    );
    expect([name, status, stdout]).toEqual([name, 2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
});

test('a schedule can be typed', () => {
  expect(gfnring('replay', 'ring:0x3').stdout).toContain('✓ no property is violated');
  expect(gfnring('replay', 'ring:0x3', '--on', 'workers')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('the same on 3 worker threads'),
  });
});

test('wrong usage ends with one line and status 2', async () => {
  const wrong: [string[], RegExp][] = [
    [['chekc'], /unknown command 'chekc'.*check/],
    [['explore', 'ring', '--sed', '3'], /unknown option '--sed'.*--seed/],
    [['explore', 'rnig'], /unknown scenario rnig/],
    [['explore', 'dirty-ring@6.17/nope'], /unknown scenario .*'gfnring list --tracker dirty-ring@6\.17' shows/],
    [['explore', './nowhere.json'], /cannot read the scenario .\/nowhere.json: ENOENT/],
    [['explore', 'ring', '--seed', '-1'], /--seed is '-1'|argument missing|unknown option/],
    [['explore', 'ring', '--seconds', '0'], /--seconds is '0': must be a number of seconds above 0/],
    [['explore', 'ring', '--scheduler', 'best'], /Allowed choices are exhaustive/],
    [['explore'], /name a scenario: 'gfnring list' shows the built-in ones/],
    [['replay', 'ring:9'], /there is no thread 9/],
    [['replay', 'ring:0', '--actor', 'none'], /the scenario has vcpu0, userspace, kernel0/],
    [['replay', 'ring:0', '--inspect-brk'], /--inspect-brk needs --actor/],
    [[], /name a command/],
  ];
  for (const [args, message] of wrong) {
    const { status, stdout, stderr } = await gfnringHere(...args);
    expect([args, status, stdout]).toEqual([args, 2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
  // The same by a process. `explore` runs in a thread of its own, and the others do not.
  for (const [args] of [wrong.at(-1)!, wrong[0], wrong[2]])
    expect(gfnring(...args)).toEqual(await gfnringHere(...args));
});

test('a search that finds nothing has outcome limit and status 0', async () => {
  const { status, stdout, stderr } = await gfnringHere('explore', 'vm', '--executions', '500', '--json');
  expect([status, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'limit',
    limit: '500 executions',
    executions: 500,
    exhausted: false,
    findings: [],
  });
});

test('a claim that no execution reaches is a finding', async () => {
  const idle = {
    ...twoConsumers,
    name: 'idle',
    sometimes: ['a ring is full'],
    actors: [{ name: 'k', role: 'kernel', operations: [{ do: 'reset' }] }],
  };
  const { status, stdout } = await gfnringHere('explore', write('idle.json', idle), '--scheduler', 'exhaustive');
  expect([status, stdout]).toEqual([1, expect.stringContaining('✗ sometimes: a ring is full')]);
});

test('the same seed gives the same report, except for the time', async () => {
  const args = ['explore', 'vm-hostile', '--executions', '200', '--seed', '5', '--json'];
  const [one, other] = [await gfnringHere(...args), gfnring(...args)].map(({ stdout }) => JSON.parse(stdout));
  expect({ ...one, seconds: 0 }).toEqual({ ...other, seconds: 0 });
});

test('list names the scenarios, and stress runs one on free threads', async () => {
  const { scenarios } = JSON.parse((await gfnringHere('list', '--json')).stdout);
  expect(scenarios.length).toBeGreaterThan(10);
  const report = JSON.parse(gfnring('stress', 'ring', '--runs', '200', '--json').stdout);
  expect(report).toMatchObject({
    outcome: 'limit',
    runs: 200,
    histories: { ok: 200, illegal: 0, unknown: 0 },
    findings: [],
  });
});

test('a closed pipe is no crash', () => {
  expect(
    execFileSync('sh', ['-c', `"${process.execPath}" "${main}" list --json | head -c 1`], { encoding: 'utf8' }),
  ).toBe('{');
});
