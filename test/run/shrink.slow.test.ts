import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TrackerVmArbitrary } from '../../properties/arbitraries/trackerVm.ts';
import { VmArbitrary } from '../../properties/arbitraries/vm.ts';
import { operationNames } from '../../src/actors/operations/registry.ts';
import { shrinkVm } from '../../src/run/shrink.ts';
import { buildVm, parseVm } from '../../src/scenario/vm.ts';
import { trackerNames } from '../../src/trackers/registry.ts';
import type { VmSpec } from '../../src/vm/spec.ts';
import { draws } from '../draws.ts';

/**
 * Operations that no arbitrary generates. Shrinking treats them as `collect`,
 * `reset` and `signal`.
 */
const OF_NONE = ['harvest', 'count', 'copy-first', 'reset-ring', 'preempt'];

const drawn = fc.oneof(
  new TrackerVmArbitrary({ trackers: trackerNames, hazards: true }),
  new VmArbitrary({ hostile: true }),
);

test('parsing the JSON of a VM gives the same VM', () => {
  fc.assert(
    fc.property(drawn, (spec) => {
      expect(parseVm(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    }),
    { numRuns: draws(300), seed: 1 },
  );
});

test('shrinking always gives a valid scenario', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(drawn, fc.infiniteStream(fc.nat(1000)), (spec, choices) => {
      let least: VmSpec | undefined = spec;
      while (least !== undefined) {
        const smaller: VmSpec[] = [...shrinkVm(least)];
        for (const one of smaller) {
          expect(parseVm(JSON.parse(JSON.stringify(one)))).toEqual(one);
          buildVm(one);
          for (const { operations } of one.actors) for (const op of operations) seen.add(op.do);
        }
        least = smaller[choices.next().value! % smaller.length];
      }
    }),
    { numRuns: draws(16), seed: 1 },
  );
  expect([...seen].sort()).toEqual(operationNames.filter((name) => !OF_NONE.includes(name)).sort());
});
