import { noProperties, type StateView } from '../check/property.ts';
import type { Scenario } from '../check/scenario.ts';
import { BUFFERED_MAX } from '../run/createRun.ts';
import { Addresses } from './addresses.ts';
import { executeThread, type Returned } from './executeThread.ts';
import type { Condition, FinalPlace, Test, Value } from './syntax.ts';
import { UnsupportedTest } from './unsupportedTest.ts';

/** A final state: what a place holds, as a number with a sign. */
type State = (place: FinalPlace) => number;

/**
 * The scenario of a test: a thread is an actor with one operation. `ended` is told of each final state whether the filter lets it pass, and whether it
 * has what the condition says. An execution without a meaning is a violation.
 */
export function litmusScenario(test: Test, ended: (passes: boolean, holds: boolean) => void): Scenario {
  const { threads, variables, filter, condition } = test;
  if (threads.length > BUFFERED_MAX)
    throw new UnsupportedTest(`it has ${threads.length} threads, of which there may be ${BUFFERED_MAX} at most`);
  const addresses = new Addresses(variables);
  return {
    name: test.name,
    program: {
      layout: addresses.layout,
      init: (mem) => {
        for (const { name, lock, initial } of variables)
          if (!lock) mem.store(addresses.cell(name), addresses.number(initial));
      },
      actors: threads.map((thread) => ({
        name: `P${thread.number}`,
        operations: [{ label: 'run', run: (mem) => executeThread(thread, addresses, mem) }],
      })),
    },
    properties: {
      ...noProperties,
      resultsMatter: true,
      deadlock: () => undefined,
      finally: {
        'it has a meaning': (look) => {
          for (const [returned] of look.results as readonly (readonly Returned[])[])
            if ('meaningless' in returned) return returned.meaningless;
          const state = stateOf(look, test, addresses);
          const holds = (of: Condition): boolean => holdsOf(of, state, addresses);
          ended(filter === null || holds(filter), holds(condition));
          return true;
        },
      },
    },
  };
}

function stateOf(look: StateView, { threads }: Test, addresses: Addresses): State {
  return (place) => {
    if ('variable' in place) return look.read(addresses.cell(place.variable)) | 0;
    const i = threads.findIndex(({ number }) => number === place.thread);
    const local = [...threads[i].locals.keys()].indexOf(place.local);
    return (look.results[i][0] as readonly number[])[local];
  };
}

function holdsOf(condition: Condition, state: State, addresses: Addresses): boolean {
  const numberOf = (of: FinalPlace | Value): number =>
    typeof of === 'number' || 'addressOf' in of ? addresses.number(of) : state(of);
  switch (condition.kind) {
    case 'and':
      return holdsOf(condition.left, state, addresses) && holdsOf(condition.right, state, addresses);
    case 'or':
      return holdsOf(condition.left, state, addresses) || holdsOf(condition.right, state, addresses);
    case 'not':
      return !holdsOf(condition.of, state, addresses);
    case 'true':
      return true;
    default:
      return numberOf(condition.left) === numberOf(condition.right);
  }
}
