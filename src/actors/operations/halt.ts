import { cannotMutate, cannotShrink, defineOperation, NO_EFFECTS } from '../operation.ts';
import { haltActor } from '../vcpu.ts';
import { type OperationView, performsAny, type VmView } from '../vmView.ts';

export const haltOperation = defineOperation({
  name: 'halt',
  about: 'will not run again; `serve` and `replicate` end when all actors with a `halt` have performed it',
  roles: ['vcpu', 'host'],
  fields: () => ({}),
  label: () => 'halt',
  effects: { ...NO_EFFECTS, isLast: true },
  build:
    (_, { vm }) =>
    (mem) =>
      haltActor(mem, vm),
  shrink: cannotShrink,
  mutate: cannotMutate,
});

/** How an actor ends that is added to a VM: userspace that serves waits until all have halted. */
export const haltWhereOthersDo = (vm: VmView): readonly OperationView[] =>
  performsAny(vm, 'halt') ? [{ do: 'halt' }] : [];
