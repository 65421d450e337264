import { explore, type GuestPage, type Memory, type UserRing, type VmDefinition, vm } from 'gfnring';
import { expect, test } from 'vitest';

/** Takes entries of the merged ring. */
function harvest(mem: Memory, { size, entries, fetch }: UserRing, max: number) {
  const pages: GuestPage[] = [];
  for (let next = mem.load(fetch!); pages.length < max; next++) {
    const { flags, slot, offset } = entries[next & (size - 1)];
    if (mem.loadAcquire(flags!) !== 1) break;
    pages.push({ slot: mem.read(slot), offset: mem.read64(offset) });
    mem.storeRelease(flags!, 2);
    mem.store(fetch!, next + 1);
  }
  return pages;
}

const outcomeOf = async (definition: VmDefinition, memoryModel: 'sc' | 'rc11' = 'sc') => {
  const { outcome, findings } = await explore(vm(definition), { memoryModel, seconds: 60, minimise: 0 });
  return [outcome, ...findings.map(({ property }) => property)];
};
const actors: VmDefinition['actors'] = [
  {
    name: 'vcpu0',
    role: 'vcpu',
    vcpu: 0,
    operations: [
      { do: 'write', pages: [[0, 0]] },
      { do: 'write', pages: [[0, 0]] },
    ],
  },
  { name: 'userspace', role: 'userspace', operations: [{ do: 'collect' }] },
];

test('a harvest of the author is proved in a built-in scenario, and in a VM of the author', async () => {
  expect(await outcomeOf({ name: 'a', scenario: 'wrap', harvest })).toEqual(['passed']);
  expect(await outcomeOf({ name: 'a', scenario: 'dirty-again', tracker: 'dirty-ring@6.12', harvest })).toEqual([
    'passed',
  ]);
  expect(await outcomeOf({ name: 'a', actors, harvest }, 'rc11')).toEqual(['passed']);
});

test('a harvest that skips an entry loses a page', async () => {
  const skips: VmDefinition['harvest'] = (mem, ring, max) => harvest(mem, ring, max).slice(1);
  expect(await outcomeOf({ name: 'a', actors, harvest: skips })).toEqual(['violated', 'no dirty page is ever lost']);
});

test('a harvest with a plain load of flags loses a page under rc11 alone', async () => {
  const plain = (mem: Memory): Memory =>
    new Proxy(mem, { get: (of, name) => Reflect.get(of, name === 'loadAcquire' ? 'load' : name).bind(of) });
  const relaxed: VmDefinition['harvest'] = (mem, ring, max) => harvest(plain(mem), ring, max);
  expect(await outcomeOf({ name: 'a', actors, harvest: relaxed })).toEqual(['passed']);
  expect(await outcomeOf({ name: 'a', actors, harvest: relaxed }, 'rc11')).toEqual([
    'violated',
    'no dirty page is ever lost',
  ]);
});

test('collect of the author: copies must come last', async () => {
  const inOrder =
    (last: boolean): VmDefinition['collect'] =>
    (_, machine) => {
      const pages = machine.harvest();
      if (last) machine.reset(pages);
      for (const page of pages) machine.copy(page);
      if (!last) machine.reset(pages);
    };
  expect(await outcomeOf({ name: 'a', actors, collect: inOrder(true) })).toEqual(['passed']);
  expect(await outcomeOf({ name: 'a', actors, collect: inOrder(false) })).toEqual([
    'violated',
    'no dirty page is ever lost',
  ]);
  const bitmap = { name: 'a', tracker: 'dirty-bitmap', manualProtect: 'on', actors } as const;
  expect(await outcomeOf({ ...bitmap, collect: inOrder(true) })).toEqual(['passed']);
  expect((await outcomeOf({ ...bitmap, collect: inOrder(false) }))[0]).toBe('violated');
});

test.each([
  [null, /^vm: null: must be an object/],
  [{}, /^vm: name is missing/],
  [{ name: 'x' }, /^vm x\.actors is missing/],
  [{ name: 'x', scenario: 'none' }, /^vm x: scenario is "none": must be one of dirty-again, .*overtaken/],
  [{ name: 'x', scenario: 'wrap', harvest: 3 }, /^vm x: harvest is 3: must be a function/],
  [{ name: 'x', scenario: 'wrap', harvest: async () => [] }, /^vm x: harvest is a function: .* neither async/],
  [{ name: 'x', scenario: 'wrap', foo: 1 }, /^vm x\.foo: there is no such field/],
  [{ name: 'x', tracker: 'y' }, /^vm x: tracker is "y": must be one of/],
  [{ name: 'x', tracker: 'dirty-bitmap', harvest }, /^vm x: harvest takes entries of rings/],
  [{ name: 'x', kernel: {} }, /^vm x: kernel is \{\}: must be what compileKernel resolves to/],
])('%j is refused in one line', (definition, message) => {
  expect(() => vm(definition as unknown as VmDefinition)).toThrow(message);
});

test('a harvest that returns no pages crashes', async () => {
  for (const [result, message] of [
    [7, 'harvest: 7 is no list of pages'],
    [[{ slot: 0 }], 'harvest: {"slot":0} is no page'],
  ] as const) {
    const { findings } = await explore(vm({ name: 'a', actors, harvest: () => result as never }), { minimise: 0 });
    expect(findings[0].message).toContain(message);
  }
});
