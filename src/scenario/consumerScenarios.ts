import { ALL_ENTRIES } from '../actors/operations/values.ts';
import { BadInput } from '../input/badInput.ts';
import type { CompiledConsumer } from '../kernel/consumer/compiledConsumer.ts';
import { trackerForVm, trackers } from '../trackers/registry.ts';
import { collect, harvest, hostile, kernel, poke, reset, userspace, vcpu, write } from '../vm/actorSpecs.ts';
import type { BuiltInScenario } from '../vm/builtInScenario.ts';
import { VM_RULE } from '../vm/properties/vmRules.ts';
import { type OperationSpec, performsWhere, type VmSpec } from '../vm/spec.ts';

/** Userspace writes an entry that the kernel never pushed, and flags it as dirty last. */
const FORGES_ENTRY = hostile(poke(0, 24, 64, '18446744073709551615'), poke(0, 20, 32, 0xffff_ffff), poke(0, 16, 32, 1));

/**
 * Those of the scenarios in which userspace harvests, with a consumer in the place of ours. A
 * consumer that knows one slot gets no others. Throws `BadInput` where it takes entries of another
 * ring.
 */
export function withConsumer(
  scenarios: readonly BuiltInScenario[],
  tracker: string,
  consumer: CompiledConsumer,
): BuiltInScenario[] {
  const { file, key, ring, hasOneSlot } = consumer;
  if (trackers[tracker].family !== ring)
    throw new BadInput(`${file}: ${consumer.harvest} takes entries of a ${ring}, and the kernel's is a ${tracker}`);
  const harvests = ({ spec }: BuiltInScenario): boolean =>
    vmsOf(spec).some((vm) => performsWhere(vm, (effects) => effects.harvests !== 'no'));
  const fits = ({ spec }: BuiltInScenario): boolean =>
    !hasOneSlot || vmsOf(spec).every(({ slots }) => slots.length === 1);
  const withFile = (spec: VmSpec): VmSpec =>
    trackerForVm(spec).name === tracker ? { ...harvestingAll(spec, consumer), consumer: { file, key } } : spec;
  return [...scenariosForConsumers(scenarios, tracker), ...scenarios]
    .filter(harvests)
    .filter(fits)
    .map((check) => ({
      ...check,
      spec: 'vms' in check.spec ? { ...check.spec, vms: check.spec.vms.map(withFile) } : withFile(check.spec),
    }));
}

const vmsOf = (spec: BuiltInScenario['spec']): readonly VmSpec[] => ('vms' in spec ? spec.vms : [spec]);

/** Without a limit, a harvest takes all entries. */
function harvestingAll(spec: VmSpec, { hasMax }: CompiledConsumer): VmSpec {
  if (hasMax) return spec;
  const all = (op: OperationSpec): OperationSpec => (op.do === 'harvest' ? { ...op, max: ALL_ENTRIES } : op);
  return { ...spec, actors: spec.actors.map((actor) => ({ ...actor, operations: actor.operations.map(all) })) };
}

/** Scenarios for consumers of the merged ring, with the defects of those that they are like. */
export function scenariosForConsumers(scenarios: readonly BuiltInScenario[], tracker: string): BuiltInScenario[] {
  const named = (name: string) => scenarios.find(({ spec }) => spec.name === `${tracker}/${name}`);
  const like = (
    models: readonly string[],
    name: string,
    about: string,
    changes: Partial<VmSpec>,
  ): BuiltInScenario[] => {
    const [model, ...others] = models.map(named);
    if (model === undefined) return [];
    const all = [model, ...others.filter((other) => other !== undefined)];
    return [
      {
        about,
        mode: 'prove',
        tooLargeWithViews: true,
        spec: { ...(model.spec as VmSpec), name: `${tracker}/${name}`, ...changes },
        known: all.flatMap(({ known = [] }) => known),
        ofOtherVersions: all.flatMap(({ ofOtherVersions = [] }) => ofOtherVersions),
      },
    ];
  };
  const overtakes = 'a push takes an entry that was reset while the consumer is in its harvest';
  return [
    ...like(['handed-over', 'endless-reset'], 'overtaken', overtakes, {
      rings: [{ size: 2, leeway: 1 }],
      slots: [{ slot: 0, npages: 3 }],
      actors: [vcpu(0, write(0), write(1, 2)), userspace(harvest()), kernel(0, reset)],
      // The vCPU waits for ever where the reset comes first.
      ignores: [VM_RULE.L1_RUNS_AGAIN],
    }),
    ...like(['never-pushed'], 'forged-entry', 'userspace forges an entry, which the consumer may harvest', {
      actors: [vcpu(0, write(0)), userspace(collect), FORGES_ENTRY],
    }),
  ];
}
