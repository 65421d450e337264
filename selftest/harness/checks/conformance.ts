import { type Agreement, compareList, noAgreement } from '#dist/conformance/compare.js';
import { noOutput, readLine } from '#dist/conformance/machineOutput.js';
import { modelParty } from '#dist/conformance/modelReference.js';
import type { ConformanceOperation } from '#dist/conformance/operations.js';
import type { Observed } from '#dist/conformance/reference.js';
import { equal } from '../selfCheck.ts';

const LIST: readonly ConformanceOperation[] = [
  { do: 'enable', cap: 'ring', bytes: 4096 },
  { do: 'slot', slot: 1, gfn: 256, pages: 4 },
  { do: 'vcpus' },
  { do: 'write', vcpu: 1, slot: 1, first: 2, count: 1, step: 1 },
];

/** What a machine says of that list, in numbers that are known; and each thing that may differ does so alone. */
export function conformance(): void {
  const right = [
    { returned: 0, left: 0, size: 0, entries: [], trace: [] },
    { returned: 0, left: 0, size: 0, entries: [], trace: [] },
    { returned: 0, left: 0, size: 256, entries: [], trace: [] },
    {
      returned: 5,
      left: 0,
      size: 256,
      entries: [[1, 0, 1, 1, '2']],
      trace: ['kvm_dirty_ring_push: ring 1: dirty 0x1 reset 0x0 slot 1 offset 0x2 (used 1)'],
    },
  ];
  const [first, second, third, write] = right;
  const whatDiffers = (wrong: object): string =>
    compared([first, second, third, { ...write, ...wrong }])
      .disagreements.map(({ about, kernel }) => `${about}: ${kernel}`)
      .join();
  const { returns, states, traceRecords } = compared(right);
  equal('conformance, equal', [returns.equal, states.equal, traceRecords.equal], [4, 4, 1]);
  equal('conformance, return', whatDiffers({ returned: 31 }), 'return: 31');
  equal('conformance, pages left', whatDiffers({ left: 1 }), 'return: 5, 1 pages left');
  for (const [words, text] of [
    [[2, 1, '2'], 'flags 2, slot 1, offset 2'],
    [[1, 2, '2'], 'flags 1, slot 2, offset 2'],
    [[1, 1, '3'], 'flags 1, slot 1, offset 3'],
  ] as const)
    equal('conformance, entry', whatDiffers({ entries: [[1, 0, ...words]] }), `state: ring 1[0] = ${text}`);
  equal('conformance, no trace record', whatDiffers({ trace: [] }), 'trace: no record');
}

function compared(lines: readonly object[]): Agreement {
  const output = noOutput();
  for (const line of [{ list: true }, ...lines]) readLine(output, JSON.stringify(line));
  const agreement = noAgreement('model');
  const [kernel]: readonly (readonly Observed[])[] = output.lists;
  compareList(agreement, 0, LIST, kernel, modelParty(false).run(LIST));
  return agreement;
}
