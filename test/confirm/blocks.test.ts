import { expect, test } from 'vitest';
import { confirmSchedule, scheduleOfFinding } from '../../src/confirm/confirm.ts';
import { kernelSymbols, locations } from '../../src/confirm/locations.ts';
import { planOf, programText } from '../../src/confirm/machinePlan.ts';
import { parseSchedule } from '../../src/explore/schedule.ts';
import { findBuiltIn } from '../../src/scenario/builtinScenarios.ts';
import type { VmSpec } from '../../src/vm/spec.ts';
import { harmlessSchedules } from './harmless.ts';

/** A finding of a scenario, with the first writes of its vCPU. */
function findingOf(name: string, schedule: string, property: string, writes = 1) {
  const spec = findBuiltIn(name)!.spec as VmSpec;
  const [vcpu, ...others] = spec.actors;
  const scenario = {
    ...spec,
    actors: [{ ...vcpu, operations: vcpu.operations.slice(0, writes) }, ...others],
  } as VmSpec;
  return {
    ...{
      schema: 2 as const,
      kind: 'finding' as const,
      property,
      message: '',
      memoryModel: 'sc' as const,
      tearing: false,
    },
    ...{ schedule, contextSwitches: 5, scenario, order: parseSchedule(schedule)! },
  };
}

const B20 = findingOf('dirty-ring@6.12/two-resetters', '0x16,1x7,2x12,1x6,0,2x3', 'no dirty page is ever lost');
const textOf = ({ blocks, plan }: Awaited<ReturnType<typeof scheduleOfFinding>>): string[] =>
  blocks.map(({ thread, target, guest }) => {
    const { name } = plan.actors.find((actor) => actor.thread === thread)!;
    return guest === undefined ? `${name} to ${target}` : `${name}: ${guest.command} ${guest.page}`;
  });

test('B20: the second thread stops before its flush, userspace copies, and the guest writes', async () => {
  const schedule = await scheduleOfFinding(B20, 'b20');
  expect(textOf(schedule)).toEqual([
    'vcpu0: touch 0',
    'userspace to before_reset',
    'kernel0 to flush',
    'userspace to after_all',
    'vcpu0: write 0',
    'kernel0 to after_all',
  ]);
  expect([schedule.defect, schedule.records]).toEqual(['B20', ['push 1', 'reset 1', 'reset 1']]);
});

test('B19: a signal arrives when userspace has taken an entry off the ring', async () => {
  const schedule = '0x17,1x15,2,1x14';
  const b19 = findingOf('dirty-ring@6.17/signal', schedule, 'NL1 no page can be written unrecorded');
  expect(textOf(await scheduleOfFinding(b19, 'b19'))).toEqual([
    'vcpu0: touch 0',
    'vcpu0: write 0',
    'userspace to taken',
    'host to after_all',
    'userspace to after_all',
  ]);
});

test('B22: a slot gets smaller, and userspace resets the entry of a page that is gone', async () => {
  const schedule = '1x7,0x37,1x25,0x18,1x36';
  const b22 = findingOf('dirty-ring@6.12/slot-shrinks', schedule, 'NL1 no page can be written unrecorded', 2);
  const { defect, plan, records, ...rest } = await scheduleOfFinding(b22, 'b22');
  expect(textOf({ defect, plan, records, ...rest })).toEqual([
    'userspace to before_slot',
    ...['touch 0', 'write 0', 'touch 1', 'write 1'].map((what) => `vcpu0: ${what}`),
    'userspace to before_harvest',
    'vcpu0: touch 0',
    'vcpu0: write 0',
    'userspace to after_all',
  ]);
  expect([defect, records]).toEqual(['B22', ['reset 0', 'push 1', 'push 2', 'push 3', 'reset 3']]);
  expect(programText(plan)).toBe('pages 2 userspace set-slot:1,collect second -\n');
});

test('schedules that the explorer calls harmless', async () => {
  const schedules = await harmlessSchedules(findBuiltIn('dirty-ring@6.12/two-resetters')!.spec as VmSpec, 300);
  const texts = schedules.map((schedule) => JSON.stringify(schedule.blocks));
  expect(texts.length).toBeGreaterThan(30);
  expect(new Set(texts).size).toBe(texts.length);
  const { blocks } = await scheduleOfFinding(B20, 'b20');
  expect(texts).not.toContain(JSON.stringify(blocks));
  for (const { memory, copy, records } of schedules) {
    expect([memory, copy <= memory]).toEqual([2, true]);
    expect(records.filter((record) => record.startsWith('reset'))).toHaveLength(2);
  }
});

test('every place of the kernel names the kernels that it was tested on', () => {
  expect(kernelSymbols).toEqual(['kvm_dirty_ring_reset', 'mutex_unlock', 'kvm_flush_remote_tlbs']);
  for (const location of Object.values(locations))
    if ('symbol' in location) expect(location.tested).toEqual(['6.1.192', '6.12.117']);
});

test('the program is told the operations of each thread', () => {
  expect(programText(planOf(B20.scenario))).toBe('pages 1 userspace collect second reset\n');
});

const spec = B20.scenario;
const [vcpu, userspace, kernel] = spec.actors;
test.each([
  ['two slots', { slots: [...spec.slots, { slot: 1, npages: 1 }] }, 'one slot of at most 64 pages'],
  ['two vCPUs', { actors: [vcpu, { ...vcpu, name: 'vcpu1' }] }, 'two actors for the thread vcpu'],
  [
    'an operation',
    { actors: [userspace, { ...vcpu, operations: [{ do: 'halt' }] }] },
    'halt of vcpu0 is not supported',
  ],
  ['a role', { actors: [{ ...kernel, role: 'hostile' }] }, 'kernel0 is no vCPU, userspace, kernel or host'],
])('what a machine cannot perform is refused: %s', (_, change, why) => {
  expect(() => planOf({ ...spec, ...change } as VmSpec)).toThrow(why);
});

test('a finding that does not fail, or of another memory model, is refused', async () => {
  const harmless = { ...B20, order: parseSchedule('0x17,1x7,2x12,1x6,2x3')! };
  await expect(scheduleOfFinding(harmless, 'x')).rejects.toThrow('nothing to confirm');
  await expect(scheduleOfFinding({ ...B20, memoryModel: 'rc11' }, 'x')).rejects.toThrow('its memory model is rc11');
});

test('a kernel that is not there is bad input', async () => {
  const schedule = await scheduleOfFinding(B20, 'b20');
  const files = { vmlinuz: '/no/such/kernel', modules: '/no/such/folder' };
  await expect(confirmSchedule(files, schedule, 1)).rejects.toThrow('--vmlinuz /no/such/kernel: ENOENT');
});
