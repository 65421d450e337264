import { askToYield } from '../host.ts';
import { cannotMutate, cannotShrink, defineOperation, NO_EFFECTS } from '../operation.ts';
import { operationsOf, type VmView } from '../vmView.ts';
import { checkReceiver } from './signal.ts';

export const preemptOperation = defineOperation({
  name: 'preempt',
  about: 'a timer asks an actor to yield its processor: `need_resched()` of a C file is true once',
  roles: ['host'],
  fields: (t) => ({ to: t.text().describe('the name of the actor') }),
  label: ({ to }) => `preempt ${to}`,
  effects: NO_EFFECTS,
  build({ to }, { yieldOf }) {
    const asked = yieldOf(to);
    return (mem) => askToYield(mem, asked);
  },
  check: ({ to }, site) => checkReceiver(to, site),
  shrink: cannotShrink,
  mutate: cannotMutate,
});

/** The names of the actors that timers ask to yield. */
export const preemptedActors = (vm: VmView): ReadonlySet<string> =>
  new Set(operationsOf(vm).flatMap((op) => (op.do === 'preempt' ? [(op as { to: string } & typeof op).to] : [])));
