import { expect, test } from 'vitest';
import { emptyOutput, readLine, traceRecord } from '../../src/conformance/machineOutput.ts';

const read = (...lines: readonly unknown[]) => {
  const output = emptyOutput();
  for (const line of lines) readLine(output, typeof line === 'string' ? line : JSON.stringify(line));
  return output;
};
const operation = { returned: 0, left: 0, size: 0, entries: [], trace: [] };

test('the version of the kernel, and the observations after each operation of each list', () => {
  const output = read(
    { kernel: '6.1.0-56-cloud-amd64', build: '#1 SMP' },
    { list: true },
    { ...operation, returned: -22 },
    { ...operation, size: 2 },
    {
      ...operation,
      returned: 31,
      left: 7,
      size: 2,
      entries: [[1, 0, 1, 0x10001, '18446744073709551615']],
      trace: ['kvm_dirty_ring_exit: vcpu 1'],
    },
    { list: true },
    operation,
    { end: true },
  );
  const empty = { flags: 0, slot: 0, offset: 0n };
  expect([output.release, output.build, output.complete]).toEqual(['6.1.0-56-cloud-amd64', '#1 SMP', true]);
  expect(output.lists.map((list) => list.length)).toEqual([3, 1]);
  const [refused, made, ran] = output.lists[0];
  expect(refused).toEqual({ returned: -22, left: 0, rings: [], trace: [] });
  expect(made.rings).toEqual([
    [empty, empty],
    [empty, empty],
  ]);
  expect(ran).toEqual({
    returned: 31,
    left: 7,
    rings: [
      [empty, empty],
      [{ flags: 1, slot: 0x10001, offset: 2n ** 64n - 1n }, empty],
    ],
    trace: [{ event: 'exit', vcpu: 1 }],
  });
  expect(output.lists[1][0].rings).toEqual([]);
});

test('unchanged entries stay; earlier observations are not changed', () => {
  const output = read(
    { list: true },
    { ...operation, size: 2, entries: [[0, 0, 1, 1, '5']] },
    { ...operation, size: 2, entries: [[0, 1, 1, 1, '6']] },
  );
  const offsets = output.lists[0].map(({ rings }) => rings[0].map(({ offset }) => offset));
  expect(offsets).toEqual([
    [5n, 0n],
    [5n, 6n],
  ]);
});

test.each([
  ['not JSON', 'Kernel panic'],
  ['no line of ours', { returned: 0 }],
  ['an operation outside a list', operation],
])('%s is an error', (_, line) => {
  expect(() => read(line)).toThrow('in the machine: ');
});

test('an entry beyond the ring, and a failure of the machine, are errors', () => {
  const beyond = { ...operation, size: 2, entries: [[0, 2, 1, 1, '5']] };
  expect(() => read({ list: true }, beyond)).toThrow('entry 2 of ring 0 is not there');
  expect(() => read({ failed: 'open /dev/kvm', errno: 2 })).toThrow('in the machine: open /dev/kvm failed, errno 2');
});

test('trace records as tracefs prints them', () => {
  expect(traceRecord('kvm_dirty_ring_push: ring 1: dirty 0x1f reset 0xa slot 1 offset 0xff (used 21)')).toEqual({
    event: 'push',
    ring: 1,
    dirty: 31,
    reset: 10,
    slot: 1,
    offset: 255n,
  });
  expect(traceRecord('kvm_dirty_ring_reset: ring 0: dirty 0x0 reset 0x3 (used 4294967293)')).toEqual({
    event: 'reset',
    ring: 0,
    dirty: 0,
    reset: 3,
  });
  expect(() => traceRecord('CPU:0 [LOST 12 EVENTS]')).toThrow(
    'a trace record that is not known: CPU:0 [LOST 12 EVENTS]',
  );
});
