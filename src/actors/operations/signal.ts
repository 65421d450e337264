import { BadInput } from '../../input/badInput.ts';
import { show } from '../../input/show.ts';
import { sendSignal } from '../host.ts';
import { type CheckContext, cannotMutate, cannotShrink, defineOperation, NO_EFFECTS } from '../operation.ts';
import { operationsOf, type VmView } from '../vmView.ts';

export const signalOperation = defineOperation({
  name: 'signal',
  about: 'sends a signal to an actor, which cuts a reset short',
  roles: ['host'],
  fields: (t) => ({ to: t.text().describe('the name of the actor') }),
  label: ({ to }) => `signal to ${to}`,
  effects: NO_EFFECTS,
  build({ to }, { signalTo }) {
    const signal = signalTo(to);
    return (mem) => sendSignal(mem, signal);
  },
  check: ({ to }, site) => checkReceiver(to, site),
  shrink: cannotShrink,
  mutate: cannotMutate,
});

/** Throws `BadInput` where the actor that an operation names does not exist. */
export function checkReceiver(to: string, { where, vm }: CheckContext): void {
  if (!vm.actors.some(({ name }) => name === to)) throw new BadInput(`${where}.to: there is no actor ${show(to)}`);
}

/** The names of the actors that signals are sent to. */
export const signalledActors = (vm: VmView): ReadonlySet<string> =>
  new Set(operationsOf(vm).flatMap((op) => (op.do === 'signal' ? [(op as { to: string } & typeof op).to] : [])));
