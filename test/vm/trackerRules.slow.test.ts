import { describe, expect, test } from 'vitest';
import { exploreScenario } from '../../src/run/exploreScenario.ts';
import { buildVm } from '../../src/scenario/vm.ts';
import { trackers } from '../../src/trackers/registry.ts';
import { backupOf, ONE_PAGE, smallVm } from '../../src/trackers/scenarios/trackerScenario.ts';
import {
  checkpoint,
  collect,
  copyFirst,
  halt,
  host,
  hostWrite,
  kernel,
  migrate,
  reset,
  serve,
  setSlot,
  userspace,
  vcpu,
  write,
} from '../../src/vm/actorSpecs.ts';
import type { ActorSpec, VmSpec } from '../../src/vm/spec.ts';
import { exploreOptions } from '../searches.ts';

const SEARCH = exploreOptions({ limits: { seconds: 30 }, stepsMax: 100_000 });

/**
 * Honest machines. Some lose pages: the properties of pages must report this, not the rules of
 * steps.
 */
const machines: Record<string, readonly [readonly ActorSpec[], Partial<VmSpec>?]> = {
  served: [[vcpu(0, write(0), write(0), halt), userspace(serve)]],
  'another resets': [[vcpu(0, write(0)), userspace(collect), kernel(0, reset)]],
  'copied first': [[vcpu(0, write(0), write(0)), userspace(copyFirst)]],
  'with a hardware log': [[vcpu(0, write(0), write(0)), userspace(collect)], { pml: 1 }],
  'a slot that changes': [
    [vcpu(0, write(0), write(0)), userspace(setSlot(0, 1), collect)],
    { rings: [{ size: 8, leeway: 4 }] },
  ],
  'too little leeway': [
    [vcpu(0, write(0, 1)), userspace(collect)],
    { rings: [{ size: 2, leeway: 0 }], slots: [{ slot: 0, npages: 2 }] },
  ],
  'the host writes': [
    [vcpu(0, write(0)), host(hostWrite(0)), userspace(collect)],
    {
      rings: [
        { size: 4, leeway: 2 },
        { size: 4, leeway: 2 },
      ],
    },
  ],
  migrated: [[vcpu(0, write(0)), userspace(migrate(0, 1))]],
  paused: [[vcpu(0, write(0)), userspace(checkpoint('reset'), checkpoint())]],
};

const names = ['gfn-list', 'dirty-bitmap', 'dirty-ring@5.11', 'dirty-ring@6.12', 'dirty-ring@repaired'] as const;

/** Machines that the tracker is not right for: the violation, and the outcome. */
const violated: Readonly<Record<string, readonly [readonly string[], string]>> = {
  // CVE-2021-4095
  'dirty-ring@5.11, the host writes': [['G4 the kernel does not crash'], 'violated'],
  // A gfn-list is right only if it is drained while the machine is paused.
  'gfn-list, migrated': [['at each commit and rollback the copy is the guest'], 'violated'],
};

describe.each(names)('the rules of %s report no violation', (tracker) => {
  test.each(Object.entries(machines))('%s', async (name, [actors, shape]) => {
    const spec = smallVm(tracker, name, [{ size: 4, leeway: 2 }], actors, {
      ...ONE_PAGE,
      ...(name === 'the host writes' && backupOf(trackers[tracker])),
      ...shape,
    });
    const scenario = buildVm(spec);
    const report = await exploreScenario({ ...scenario, properties: { ...scenario.properties, finally: {} } }, SEARCH);
    expect([report.findings.map(({ property }) => property), report.outcome]).toEqual(
      violated[`${tracker}, ${name}`] ?? [[], 'passed'],
    );
  });
});
