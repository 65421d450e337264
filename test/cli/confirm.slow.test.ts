import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../commandLine.ts';
import { cc, fakeMachine } from './fakeMachine.ts';

const { folder, gfnringHere, write } = temporaryFolder();
const { confirm, machine } = fakeMachine();
let finding = '';

beforeAll(async () => {
  await gfnringHere('explore', 'dirty-ring@6.12/two-resetters', '--scheduler', 'exhaustive', '--dir', 'found');
  finding = join(folder, 'found', readdirSync(join(folder, 'found'))[0]);
});

test.each([
  ['a compiler', {}, 'cc cannot be run: a C compiler'],
  ['QEMU', { cc }, 'qemu-system-x86_64 cannot be run: it is not installed'],
])('without %s, one line says so, and it is no pass', (_, programs, why) => {
  const { status, stdout, stderr } = confirm(programs, finding);
  expect([status, stderr, stdout.split('\n').length]).toEqual([3, '', 2]);
  expect(stdout).toContain(`- skipped: ${why}`);
  const json = confirm(programs, finding, '--json');
  expect([json.status, JSON.parse(json.stdout)]).toMatchObject([3, { outcome: 'skipped' }]);
});

test('a machine that stops early is an error of one line', () => {
  const { status, stderr } = confirm(machine([{ kernel: '6.1', build: '#1' }]), finding);
  expect([status, stderr.split('\n').length]).toEqual([3, 2]);
  expect(stderr).toContain('the machine stopped');
});

test('a kernel without a place that the schedule needs', () => {
  const symbols = {
    before_harvest: '0x1',
    before_reset: '0x2',
    before_copy: '0x3',
    after_all: '0x4',
    guest_done: '0x5',
  };
  const { status, stderr } = confirm(
    machine([
      { kernel: '6.1', build: '#1' },
      { symbols, mailbox: '0x0' },
    ]),
    finding,
  );
  expect(stderr).toContain('the kernel 6.1 has no function kvm_flush_remote_tlbs (flush): it may be inlined there');
  expect([status, stderr.split('\n').length]).toEqual([2, 2]);
});

test.each([
  ['no file', () => 'no-such.json', 'no-such.json'],
  ['no finding', () => write('x.json', '{}'), 'x.json'],
])('bad input is one line: %s', (_, file, why) => {
  const { status, stderr } = confirm({}, file());
  expect([status, stderr.split('\n').length]).toEqual([2, 2]);
  expect(stderr).toContain(why);
});
