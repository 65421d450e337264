import fc from 'fast-check';
import { CHECKPOINT_STEPS, type FailsAfter } from '../../src/actors/checkpoint.ts';
import type { ActorSpec, OperationSpec, VmSpec } from '../../src/vm/spec.ts';

/** A step of a workload. The steps are performed in sequence and do not depend on the tracker. */
export type Step =
  | {
      readonly do: 'write';
      readonly by: 'vcpu0' | 'vcpu1' | 'host';
      readonly pages: readonly (readonly [number, number])[];
    }
  | { readonly do: 'collect' }
  | { readonly do: 'checkpoint'; readonly fails?: FailsAfter };

/**
 * The slots of a machine and the steps that it performs. The last step is a checkpoint that does
 * not fail.
 */
export interface Workload {
  readonly slots: VmSpec['slots'];
  readonly steps: readonly Step[];
}

/**
 * Pages of the two slots, which are in two address spaces. Some slots need several words of a
 * bitmap, and more than one batch of a reset.
 */
const SIZES: readonly (readonly [number, number])[] = [
  [1, 1],
  [2, 2],
  [3, 1],
  [34, 2],
  [70, 1],
];
/** A few pages, at the ends of words and slots. */
const OFFSETS = [0, 0, 1, 2, 31, 32, 63, 64, 69];

export const workloads: fc.Arbitrary<Workload> = fc
  .constantFrom(...SIZES)
  .map(([first, second]) => [
    { slot: 0, npages: first },
    { slot: 65536, npages: second },
  ])
  .chain((slots) => {
    const page = fc
      .tuple(fc.constantFrom(0, 0, 0, 1), fc.constantFrom(...OFFSETS))
      .map(([i, offset]) => [slots[i].slot, offset % slots[i].npages] as const);
    const step: fc.Arbitrary<Step> = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('write' as const),
          by: fc.constantFrom('vcpu0' as const, 'vcpu0' as const, 'vcpu1' as const, 'host' as const),
          pages: fc.array(page, { minLength: 1, maxLength: 3 }),
        }),
      },
      { weight: 2, arbitrary: fc.constant({ do: 'collect' as const }) },
      { weight: 2, arbitrary: fc.constant({ do: 'checkpoint' as const }) },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('checkpoint' as const),
          fails: fc.constantFrom(...CHECKPOINT_STEPS.filter((step) => step !== 'commit')),
        }),
      },
    );
    return fc
      .array(step, { minLength: 2, maxLength: 14 })
      .map((steps) => ({ slots, steps: [...steps, { do: 'checkpoint' as const }] }));
  });

export const WRITERS = ['vcpu0', 'vcpu1', 'host'] as const;

/** The index of the actor that performs a step: a writer, or userspace. */
export const actorOf = (step: Step): number => (step.do === 'write' ? WRITERS.indexOf(step.by) : WRITERS.length);

export function actorsOf({ steps }: Workload): ActorSpec[] {
  const operations = (actor: number): OperationSpec[] =>
    steps.filter((step) => actorOf(step) === actor).map(operationOf);
  return [
    { name: 'vcpu0', role: 'vcpu', vcpu: 0, operations: operations(0) },
    { name: 'vcpu1', role: 'vcpu', vcpu: 1, operations: operations(1) },
    { name: 'host', role: 'host', operations: operations(2) },
    { name: 'userspace', role: 'userspace', operations: operations(3) },
  ];
}

function operationOf(step: Step): OperationSpec {
  if (step.do !== 'write') return step;
  return { do: step.by === 'host' ? 'host-write' : 'write', pages: step.pages };
}
