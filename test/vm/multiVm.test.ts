import { expect, test } from 'vitest';
import { noLimits } from '../../src/explore/limits.ts';
import { SCHEMA } from '../../src/input/schema.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { searchHere } from '../../src/run/search/search.ts';
import { buildMultiVm } from '../../src/scenario/vm.ts';
import { collect, halt, userspace, vcpu, write } from '../../src/vm/actorSpecs.ts';
import type { ActorSpec, VmSpec } from '../../src/vm/spec.ts';
import { searchSpec } from '../searches.ts';

const vm = (name: string, ...actors: ActorSpec[]): VmSpec => ({
  schema: SCHEMA,
  name,
  rings: [{ size: 2, leeway: 0 }],
  slots: [{ slot: 0, npages: 3 }],
  index: 0,
  actors,
  sometimes: [],
});
const two = (...vms: VmSpec[]) => buildMultiVm({ schema: SCHEMA, name: 'two', vms });
const found = (scenario: ReturnType<typeof two>) =>
  searchHere(scenario, searchSpec(), { ...noLimits, seconds: 20 }).violation;

test('an actor that accesses memory of another VM is found', () => {
  const scenario = two(vm('a', vcpu(0, halt)), vm('b', vcpu(0, halt)));
  expect(found(scenario)).toBeUndefined();
  const theirs = scenario.program.layout.places.find(({ name }) => name === 'b.exits')!;
  const [first, second] = scenario.program.actors;
  const strays = { label: 'strays', run: (mem: Memory) => theirs.kind === 'cell' && mem.load(theirs) };
  const program = { ...scenario.program, actors: [{ ...first, operations: [strays] }, second] };
  expect(found({ ...scenario, program })).toEqual({
    property: 'VMs do not disturb each other',
    message: 'an actor of a touches b.exits',
  });
});

test('a violation names its VM, also a deadlock', () => {
  const stuck = vm('b', vcpu(0, write(0), write(1), write(2)));
  expect(found(two(vm('a', userspace(collect)), stuck))).toMatchObject({
    property: 'b: L1, L3, L5 a stopped vCPU runs again',
  });
});
