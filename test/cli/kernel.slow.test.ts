import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateLists } from '../../src/conformance/generate.ts';
import { modelReference } from '../../src/conformance/modelReference.ts';
import { formatOperation } from '../../src/conformance/operations.ts';
import { cc, fakeMachine, linesOf } from './fakeMachine.ts';

const { conformance, machine, modules, vmlinuz } = fakeMachine();
const lists = generateLists(fc, 5, 3);
const kernel = lists.map((list) => modelReference(false).run(list));
const args = ['--seed', '5'];

test('a kernel that behaves like the model agrees, in numbers', () => {
  const { status, stdout, stderr } = conformance(machine(linesOf('6.1.0-1', kernel)), ...args, '--lists', '3');
  expect([status, stderr]).toEqual([0, '']);
  const operations = lists.flat().length;
  const [title, model, ring] = stdout.trimEnd().split('\n');
  expect(title).toBe(`6.1.0-1 (#1 SMP), seed 5: 3 lists, ${operations} operations`);
  expect(model).toContain(
    `✓ sequential model   equal: ${operations} of ${operations} returns, ${operations} of ${operations} states`,
  );
  expect(ring).toContain('✓ dirty-ring@6.1 ');
});

test('a kernel that does otherwise is a finding, of each reference, with how to see it again', () => {
  const altered = kernel.map((list, i) =>
    i === 1 ? list.map((seen, op) => (op === 4 ? { ...seen, returned: 99 } : seen)) : list,
  );
  const programs = machine(linesOf('6.1.0-1', altered));
  const text = conformance(programs, ...args, '--lists', '3', '--quiet');
  expect([text.status, text.stderr]).toEqual([1, '']);
  expect(text.stdout).toContain('  list 1, operation 4: ');
  expect(text.stdout).toContain('    the kernel   99\n');
  expect(text.stdout).toContain(`--vmlinuz ${vmlinuz} --modules ${modules} --seed 5 --only 1\n`);

  const json = conformance(programs, ...args, '--lists', '3', '--json');
  const report = JSON.parse(json.stdout);
  expect([json.status, report.outcome, report.seed, report.lists]).toEqual([1, 'disagree', 5, 3]);
  expect(report.references[0]).toMatchObject({
    reference: 'sequential model',
    returns: { compared: lists.flat().length, equal: lists.flat().length - 1 },
    disagreements: [{ list: 1, operation: 4, about: 'return', kernel: '99' }],
  });
});

test('--only runs the list with that number', () => {
  const programs = machine(linesOf('6.1.0-1', [kernel[2]]));
  const { status, stdout } = conformance(programs, ...args, '--only', '2');
  expect([status, stdout.split('\n')[0]]).toEqual([
    0,
    `6.1.0-1 (#1 SMP), seed 5: 1 list, ${lists[2].length} operations`,
  ]);
});

test('a single list that disagrees is printed, and --ring chooses the version of our ring', () => {
  const hostile = generateLists(fc, 7, 3)[2];
  const mended = modelReference(false).run(hostile);
  const { status, stdout } = conformance(
    machine(linesOf('6.1.0-1', [mended])),
    ...['--seed', '7', '--only', '2', '--ring', '5.11'],
  );
  expect(status).toBe(1);
  const [, model, ring] = stdout.split('\n');
  expect([model.slice(0, 3), ring.slice(0, 17)]).toEqual(['✓ s', '✗ dirty-ring@5.11']);
  expect(stdout).toContain(`\n  4  ${formatOperation(hostile[4])}\n  5  `);
});

test('a machine that stops early is a failure of the harness', () => {
  const lines = linesOf('6.1.0-1', kernel);
  const { status, stderr } = conformance(machine(lines.slice(0, 5)), ...args, '--lists', '3');
  expect(status).toBe(3);
  expect(stderr).toBe(
    'gfnring: the harness itself failed: the machine with 6.1.0-1 stopped in list 0 at operation 3: nothing on its console\n',
  );
});

test('a missing tool skips the comparison, which is no pass', () => {
  const none = conformance({}, '--lists', '1');
  expect([none.status, none.stdout.split('\n').length, none.stdout.slice(0, 26)]).toEqual([
    3,
    2,
    '- skipped: cc cannot be ru',
  ]);
  const noQemu = conformance({ cc }, '--lists', '1', '--json');
  expect([noQemu.status, JSON.parse(noQemu.stdout)]).toEqual([
    3,
    { schema: 1, outcome: 'skipped', why: expect.stringContaining('qemu-system-x86_64 cannot be run') },
  ]);
});

test.each([
  ['no kernel', ['--vmlinuz', '/nowhere'], '--vmlinuz /nowhere: ENOENT'],
  ['no modules', ['--modules', '/nowhere'], '--modules /nowhere: ENOENT'],
  ['a folder without modules', ['--modules', 'docs'], '--modules docs: no irqbypass.ko in it, nor compressed'],
  ['no list', ['--lists', '0'], "--lists is '0': must be a whole number from 1 to 2000"],
])('bad input: %s', (_, given, message) => {
  const { status, stdout, stderr } = conformance(machine([]), ...given);
  expect([status, stdout, stderr]).toEqual([2, '', `gfnring: ${message}\n`]);
});

test('bad input: a kernel from before there was a ring', () => {
  const { status, stderr } = conformance(machine(linesOf('5.10.0-30-amd64', kernel)), ...args, '--lists', '3');
  expect([status, stderr]).toEqual([2, 'gfnring: the kernel is 5.10.0-30-amd64: there is a dirty ring from 5.11 on\n']);
});
