import { expect, test } from 'vitest';
import { formatConfirmation } from '../../src/cli/commands/kernel/confirmReport.ts';
import { type Confirmation, countLosses, lossOf } from '../../src/confirm/confirm.ts';
import { parseMachineLine } from '../../src/confirm/machineLines.ts';
import type { PerformedRound } from '../../src/confirm/rounds.ts';

const page = (memory: number, copy: number, named: boolean) => ({ memory, copy, named });
const round = (changes: Partial<PerformedRound>): PerformedRound => ({
  ...{ round: 1, harvested: 1, reset: [0, 1] as const, records: [], forced: true, inOrder: true, disturbed: false },
  pages: [page(1, 0, false)],
  again: [page(2, 0, true)],
  ...changes,
});
const RECORDED = { pages: [page(1, 0, true)], again: [page(2, 0, true)] };

test('a write is lost if memory differs from the copy and no entry names the page', () => {
  expect(lossOf(round({}))).toBe('a write');
  expect(lossOf(round(RECORDED))).toBeNull();
  expect(lossOf(round({ pages: [page(1, 1, false)] }))).toBeNull();
  expect(lossOf(round({ pages: [page(1, 1, false)], again: [page(2, 1, false)] }))).toBe('the next write');
});

const confirmation = (rounds: readonly PerformedRound[], defect: string | null = 'B20'): Confirmation => ({
  ...{ release: '6.1.0-56-cloud-amd64', build: '#1 SMP', rounds },
  schedule: {
    ...{
      scenario: 'dirty-ring@6.12/two-resetters',
      property: 'no dirty page is ever lost',
      defect,
      records: ['push 1'],
    },
    plan: {
      pages: 1,
      actors: [
        { name: 'vcpu0', thread: 'vcpu', operations: [{ name: 'write' }] },
        { name: 'kernel0', thread: 'second', operations: [{ name: 'reset' }] },
      ],
    },
    blocks: [
      { thread: 'second', target: 'flush' },
      { thread: 'vcpu', target: 'guest_done', guest: { command: 'write', page: 0 } },
    ],
  },
});
const free = round({ ...RECORDED, forced: false });

test('a report that can be mailed: what, where, since when, how to reproduce, what fixes it', () => {
  const disturbed = round({ ...RECORDED, disturbed: true });
  const lines = formatConfirmation(
    confirmation([round({}), disturbed, round({}), free]),
    'npx gfnring kernel confirm x',
  );
  const text = lines.join('\n');
  expect(lines[0]).toBe('B20: stale translations are flushed after slots_lock is given back');
  expect(text).toMatch(
    /^verdict +confirmed: a write is lost in 2 of 2 rounds with the schedule, in 0 of 1\s+without$/m,
  );
  for (const name of ['kernel', 'what', 'where', 'since', 'reproduce', 'fix'])
    expect(text).toMatch(new RegExp(`^${name} `, 'm'));
  expect(text).toContain(
    ' 1  kernel0  before it drops stale translations (kvm_flush_remote_tlbs)\n   2  vcpu0    the guest writes to page 0',
  );
  expect(text).toContain('1/0          2/0+           LOST a write');
  expect(text).toContain('not counted');
});

test('a kernel with the fix makes the thread wait', () => {
  const waited = confirmation([round({ ...RECORDED, inOrder: false }), free]);
  expect(formatConfirmation(waited, 'x').join(' ').replace(/ +/g, ' ')).toContain(
    'not confirmed: a write is lost in 0 of 1 round with the schedule, in 0 of 1 without. In 1 round a thread waited for another one',
  );
  expect(countLosses(waited, true)).toEqual({ lost: 0, of: 1 });
});

test('a finding that is no known defect has its property', () => {
  const text = formatConfirmation(confirmation([round({})], null), 'x').join('\n');
  expect(text).toContain('what       no dirty page is ever lost');
  expect(text).not.toContain('since');
});

const TRACE = [
  'kvm_dirty_ring_push: ring 0: dirty 0x8 reset 0x7 slot 1 offset 0x0 (used 1)',
  'kvm_dirty_ring_reset: ring 0: dirty 0x8 reset 0x8 (used 0)',
  'another event',
];

test('lines of the machine', () => {
  const symbols = { before_copy: '0x401711', kvm_flush_remote_tlbs: '0xffffffffc020e740' };
  expect(parseMachineLine(JSON.stringify({ symbols, mailbox: '0x1c3000' }))).toEqual({
    kind: 'symbols',
    symbols: new Map([
      ['before_copy', 0x401711n],
      ['kvm_flush_remote_tlbs', 0xffffffffc020e740n],
    ]),
    mailbox: 0x1c3000n,
  });
  const said = { round: 3, harvested: 1, reset: [0, 1], base: 7, trace: TRACE, pages: [[1, 0, 0]], again: [[2, 0, 1]] };
  expect(parseMachineLine(JSON.stringify(said))).toEqual({
    ...{ kind: 'round', round: 3, harvested: 1, reset: [0, 1], records: ['push 1', 'reset 1'] },
    ...{ pages: [page(1, 0, false)], again: [page(2, 0, true)] },
  });
});

test.each([
  ['not JSON', 'Kernel panic'],
  ['of no known kind', '{"pages":[]}'],
  ['a failure', '{"failed":"open /dev/kvm","errno":2}'],
])('a line that is %s is an error', (_, line) => {
  expect(() => parseMachineLine(line)).toThrow('in the machine: ');
});
