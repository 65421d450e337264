import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TrackerVmArbitrary } from '../../properties/arbitraries/trackerVm.ts';
import { ReplayScheduler } from '../../src/explore/schedulers/replay.ts';
import { BadInput } from '../../src/input/badInput.ts';
import { createRun, runOnce } from '../../src/run/createRun.ts';
import { parseScenarioRef } from '../../src/run/parseScenarioRef.ts';
import { buildVm, parseVm } from '../../src/scenario/vm.ts';
import { trackerNames } from '../../src/trackers/registry.ts';
import type { VmSpec } from '../../src/vm/spec.ts';

const vcpu = { name: 'vcpu0', role: 'vcpu', vcpu: 0, operations: [{ do: 'write', pages: [[0, 1]] }, { do: 'halt' }] };
const userspace = (...operations: unknown[]) => ({ name: 'userspace', role: 'userspace', operations });
const host = (...operations: unknown[]) => ({ name: 'host', role: 'host', operations });
const good = {
  schema: 1,
  name: 'good',
  tracker: 'dirty-bitmap',
  rings: [{ size: 4, leeway: 1 }],
  slots: [{ slot: 0, npages: 2 }],
  index: 0,
  actors: [vcpu, userspace({ do: 'serve' })],
  sometimes: [],
};
const does = (operation: unknown) => ({ actors: [vcpu, userspace(operation)] });
const hostDoes = (operation: unknown) => ({ actors: [vcpu, userspace({ do: 'serve' }), host(operation)] });

function refused(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    return (error as Error).message;
  }
  return 'nothing';
}

const OPERATION = 'scenario.actors[1].operations[0]';
const OF_HOST = 'scenario.actors[2].operations[0]';
const trackers = trackerNames.join(', ');

/** A field of a VM with a wrong value, and the message. */
const bad: readonly (readonly [object, string])[] = [
  [{ tracker: 'ring' }, `scenario.tracker is "ring": must be one of ${trackers}`],
  [{ tracker: null }, `scenario.tracker is null: must be one of ${trackers}`],
  [{ tracker: 'constructor' }, `scenario.tracker is "constructor": must be one of ${trackers}`],
  [{ manualProtect: true }, 'scenario.manualProtect is true: must be one of on, initially set'],
  [
    { tracker: 'gfn-list', manualProtect: 'on' },
    'scenario.manualProtect goes with the tracker dirty-bitmap, not gfn-list',
  ],
  [
    { tracker: undefined, manualProtect: 'on' },
    'scenario.manualProtect goes with the tracker dirty-bitmap, not gfn-ring',
  ],
  [{ tracker: 'dirty-ring@6.17', backupBitmap: 1 }, 'scenario.backupBitmap is 1: must be true or false'],
  [
    { tracker: 'dirty-ring@6.1', backupBitmap: true },
    'scenario.backupBitmap goes with the trackers dirty-ring@6.12, @6.17 and @repaired, not dirty-ring@6.1',
  ],
  [{ traker: 'dirty-ring@6.17' }, 'scenario.traker: there is no such field, only schema, name, '],
  [
    { actors: [{ name: 'a', role: 'vcpu', vcpu: 0, operation: [] }] },
    'scenario.actors[0].operation: there is no such field, only name, role, vcpu, operations',
  ],
  [
    { actors: ['a', 'b'].map((name) => ({ name, role: 'vcpu', vcpu: 0, operations: [{ do: 'halt' }] })) },
    'scenario.actors: two run vCPU 0, and a ring has one owner',
  ],
  [
    {
      tracker: 'dirty-ring@repaired',
      actors: [{ name: 'h', role: 'host', operations: [{ do: 'host-write', pages: [[0, 0]] }] }],
    },
    'scenario.backupBitmap is missing: without it no version of the merged ring records what the host writes',
  ],
  [{ pml: 0 }, 'scenario.pml is 0: must be a whole number from 1 to 512'],
  [{ kernel: { file: 'a.c', key: 'abc' } }, 'scenario.kernel.key is "abc": must be 64 hex digits'],
  [
    { tracker: 'gfn-list', kernel: { file: 'a.c', key: '0'.repeat(64) } },
    'scenario.kernel goes with the trackers gfn-ring and dirty-ring, not gfn-list',
  ],
  [{ pml: '2' }, 'scenario.pml is "2": must be a whole number from 1 to 512'],
  [{ index: 65536 }, 'scenario.index is 65536: must be a whole number from 0 to 65535'],
  [
    { tracker: 'dirty-ring@5.11', index: 2 ** 32 },
    'scenario.index is 4294967296: must be a whole number from 0 to 4294967295',
  ],
  [does({ do: 'pause' }), `${OPERATION}.do is "pause": must be one of `],
  [
    does({ do: 'checkpoint', fails: 'resume' }),
    `${OPERATION}.fails is "resume": must be one of pause, harvest, reset, copy, commit`,
  ],
  [
    does({ do: 'checkpoint', fails: null }),
    `${OPERATION}.fails is null: must be one of pause, harvest, reset, copy, commit`,
  ],
  [does({ do: 'migrate', passes: 1 }), `${OPERATION}.few is missing: must be a whole number from 0 to 65536`],
  [does({ do: 'migrate', few: 0, passes: 1001 }), `${OPERATION}.passes is 1001: must be a whole number from 0 to 1000`],
  [does({ do: 'migrate', few: 0, rounds: 1 }), `${OPERATION}.rounds: there is no such field, only do, few, passes`],
  [does({ do: 'set-slot', slot: 1, npages: 1 }), `${OPERATION}.slot: there is no slot 1`],
  [does({ do: 'set-slot', slot: 0, npages: -1 }), `${OPERATION}.npages is -1: must be a whole number from 0 to 4096`],
  [does({ do: 'host-write', pages: [[0, 0]] }), `${OPERATION}: host-write is for the role host, not userspace`],
  [
    does({ do: 'harvest', ring: 0, max: 1 }),
    `${OPERATION}: harvest is for the trackers gfn-ring and dirty-ring, not dirty-bitmap`,
  ],
  [hostDoes({ do: 'checkpoint' }), `${OF_HOST}: checkpoint is for the role userspace, not host`],
  [hostDoes({ do: 'host-write', pages: [] }), `${OF_HOST}.pages has 0 elements: must have from 1 to 64`],
  [hostDoes({ do: 'host-write', pages: [[1, 0]] }), `${OF_HOST}.pages[0]: there is no slot 1`],
  [hostDoes({ do: 'host-write', pages: [[0, 2]] }), `${OF_HOST}.pages[0] is 2: must be a whole number from 0 to 1`],
  [hostDoes({ do: 'signal' }), `${OF_HOST}.to is missing: must be a text`],
  [hostDoes({ do: 'signal', to: 'vcpu7' }), `${OF_HOST}.to: there is no actor "vcpu7"`],
  [
    { actors: [{ ...host(), role: 'hosts' }] },
    'scenario.actors[0].role is "hosts": must be one of vcpu, host, userspace, kernel, hostile',
  ],
  [
    { tracker: 'gfn-ring', ...hostDoes({ do: 'host-write', pages: [[0, 0]] }) },
    "scenario.actors[0].vcpu is 0: the last ring is the host's, as the host writes",
  ],
  [
    { actors: [userspace({ do: 'replicate' }), { ...userspace({ do: 'checkpoint' }), name: 'other' }] },
    'scenario.actors: userspace and other both pause the machine: one may',
  ],
  [
    { actors: [{ name: 'h', role: 'hostile', operations: [{ do: 'poke', ring: 0, at: 0, bits: 8, value: 0 }] }] },
    'scenario.actors[0].operations[0].ring is 0: the tracker dirty-bitmap maps no memory there',
  ],
];

describe('a wrong value is reported in one line with its path', () => {
  test('correct VMs are read', () => {
    expect(parseVm(good)).toEqual(good);
  });

  test.each(bad.map(([fields, line]) => ({ fields, line })))('$line', ({ fields, line }) => {
    const said = refused(() => parseVm({ ...good, ...fields }));
    expect(said.slice(0, line.length)).toBe(line);
    expect(said).not.toContain('\n');
  });
});

/** The same for several VMs. */
const badVms: readonly (readonly [unknown, string])[] = [
  [{ schema: 1, name: 'two', vms: 2 }, 'scenario.vms is 2: must be a list'],
  [{ schema: 1, name: 'two', vms: [] }, 'scenario.vms has 0 elements: must have from 1 to 8'],
  [{ schema: 1, name: 'two', vms: [good, null] }, 'scenario.vms[1] is null: must be an object'],
  [{ schema: 1, name: 'two', vms: [good, good] }, 'scenario.vms: two have the same name'],
  [{ schema: 2, name: 'two', vms: [good] }, 'scenario.schema is 2, written by a newer gfnring: this gfnring reads 1'],
  [{ schema: 1, vms: [good] }, 'scenario.name is missing: must be a text'],
  [
    { schema: 1, name: 'two', vms: [{ ...good, pml: 513 }] },
    'scenario.vms[0].pml is 513: must be a whole number from 1 to 512',
  ],
  [
    { schema: 1, name: 'two', vms: [good, { schema: 1, name: 'b', vms: [good] }] },
    'scenario.vms[1].vms: there is no such field, only schema, name, about, mode, tracker, rings, slots, index, actors, sometimes, manualProtect, backupBitmap, pml, ignores, kernel, consumer',
  ],
  [
    {
      schema: 1,
      name: 'many',
      vms: ['a', 'b'].map((name) => ({
        ...good,
        name,
        actors: Array.from({ length: 16 }, (_, i) => ({ ...userspace(), name: `u${i}` })),
      })),
    },
    'scenario.vms have 32 actors together: at most 30',
  ],
];

describe('a wrong value in a scenario of several VMs is reported, too', () => {
  test('correct VMs are read', () => {
    const two = { schema: 1, name: 'two', vms: [good, { ...good, name: 'b', tracker: 'gfn-list' }] };
    expect(parseScenarioRef(two, 'two.json')).toEqual(two);
  });

  test.each(badVms.map(([vms, line]) => ({ vms, line })))('$line', ({ vms, line }) => {
    expect(refused(() => parseScenarioRef(vms, 'two.json'))).toBe(line);
  });
});

describe('any JSON value', () => {
  const WRONG = [
    null,
    true,
    -1,
    0,
    1,
    2,
    3,
    0.5,
    40,
    65536,
    2 ** 32,
    '',
    '0',
    'vcpu0',
    'constructor',
    [],
    {},
    [[0, 0]],
    undefined,
  ];
  const drawn = new TrackerVmArbitrary({ trackers: trackerNames, hazards: true });
  let built = 0;
  let wrong = 0;

  /** `value` with its `n`th nested value replaced by `by`. Value 0 is `value` itself. */
  function replaced(value: unknown, n: { left: number }, by: unknown): unknown {
    if (n.left-- === 0) return by;
    if (Array.isArray(value)) return value.map((part) => replaced(part, n, by));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaced(part, n, by)]));
  }

  test('is rejected in one line, or is a VM that can be built and run', () => {
    fc.assert(
      fc.property(drawn, fc.nat(80), fc.constantFrom(...WRONG), (spec, n, by) => {
        let parsed: VmSpec;
        try {
          parsed = parseVm(replaced(spec, { left: n }, by));
        } catch (error) {
          expect(error).toBeInstanceOf(BadInput);
          expect((error as Error).message).toMatch(/^scenario.*$/);
          wrong++;
          return;
        }
        expect(runOnce(createRun(buildVm(parsed), 10_000), new ReplayScheduler([])).stop.kind).not.toBe('crashed');
        built++;
      }),
      { numRuns: 400, seed: Number(process.env.GFNRING_SEED ?? 1) },
    );
    expect(Math.min(built, wrong)).toBeGreaterThan(50);
  });
});
