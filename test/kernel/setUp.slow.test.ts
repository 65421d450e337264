import { expect, test } from 'vitest';
import { runHere, temporaryFolder } from '../commandLine.ts';
import { edited, MAIL } from './trees.ts';

const { folder } = temporaryFolder();

test.each([
  ['a ring that the file refuses', 'size < 2 ||', 'size > 1 ||', 'it refuses a ring of \\d+ entries'],
  ['a crash while objects are made', '->size = size', '->size = size / ring->size', 'divide by zero, while .*'],
])('%s ends in one line and status 2', { timeout: 600_000 }, async (_, from, to, message) => {
  const { kdir, file } = edited(MAIL, [from, to]);
  const { status, stderr } = await runHere('.', 'kernel', 'wrap', '--kdir', kdir, '--file', file, '--dir', folder);
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(new RegExp(`^gfnring: virt/kvm/gfnring.c: ${message}\n$`)),
  ]);
});
