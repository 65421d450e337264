import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FailsAfter, takeCheckpoint } from '../../src/actors/checkpoint.ts';
import { vcpuWrite } from '../../src/actors/vcpu.ts';
import { initVm, layVm } from '../../src/actors/vm.ts';
import { Layout } from '../../src/memory/layout.ts';
import { SetupMemory } from '../../src/memory/setupMemory.ts';
import {
  commit,
  initialCheckpoints,
  lastCommitted,
  modelPause,
  modelResume,
  rollBack,
} from '../../src/models/checkpoints.ts';
import { trackerNames, trackers } from '../../src/trackers/registry.ts';

const PAGES = 3;

test('sequentially, checkpoints of each tracker have the images of the model', () => {
  const seen = { committed: false, rolledBack: false };
  const call = fc.oneof(
    fc.record({ do: fc.constant('write' as const), page: fc.nat(PAGES - 1) }),
    fc.record({
      do: fc.constant('checkpoint' as const),
      fails: fc.constantFrom<(FailsAfter | undefined)[]>(undefined, undefined, 'pause', 'harvest', 'reset', 'copy'),
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...trackerNames), fc.array(call, { maxLength: 20 }), (tracker, calls) => {
      const layout = new Layout();
      const vm = layVm(layout, {
        tracker: trackers[tracker],
        slots: [{ slot: 0, npages: PAGES }],
        rings: [{ size: 4, leeway: 0 }],
        pauses: true,
      });
      const mem = new SetupMemory(new SharedArrayBuffer(layout.size));
      initVm(mem, vm, 1);
      let image: readonly number[] = Array(PAGES).fill(0);
      let model = initialCheckpoints(image);
      for (const one of calls) {
        if (one.do === 'write') {
          vcpuWrite(mem, vm, 0, [vm.guest.pages[one.page]]);
          image = image.map((version, page) => (page === one.page ? version + 1 : version));
        } else {
          takeCheckpoint(mem, vm, one.fails);
          model = modelPause(model, image);
          model = one.fails === undefined ? commit(model) : rollBack(model);
          image = model.paused!;
          model = modelResume(model);
          seen[one.fails === undefined ? 'committed' : 'rolledBack'] = true;
          expect(vm.replica.get(0)!.map((copy) => mem.load(copy))).toEqual(lastCommitted(model));
        }
        expect(vm.guest.pages.map(({ version }) => mem.load(version))).toEqual(image);
      }
    }),
    { numRuns: 300, seed: 1 },
  );
  expect(seen).toEqual({ committed: true, rolledBack: true });
});
