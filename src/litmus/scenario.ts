import { noProperties, type StateView } from '../check/property.ts';
import type { Scenario } from '../check/scenario.ts';
import { BUFFERED_MAX } from '../run/createRun.ts';
import { Addresses } from './addresses.ts';
import { checkExplorable } from './explorable.ts';
import { type FinalState, holdsIn } from './holds.ts';
import { executeThread, type ThreadResult } from './interpreter.ts';
import type { Condition, LitmusTest } from './syntax.ts';
import { UnsupportedTest } from './unsupportedTest.ts';

/**
 * The scenario of a test: each thread is an actor with one operation. Undefined behaviour is a
 * violation.
 *
 * @param ended is called for each final state, with whether it passes the filter and whether the
 *   condition holds in it.
 */
export function litmusScenario(test: LitmusTest, ended: (passes: boolean, holds: boolean) => void): Scenario {
  const { threads, variables, filter, condition } = test;
  if (threads.length > BUFFERED_MAX)
    throw new UnsupportedTest(`it has ${threads.length} threads, of which there may be ${BUFFERED_MAX} at most`);
  for (const thread of threads) checkExplorable(thread.body);
  const addresses = new Addresses(test);
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
        'it has a meaning': (view) => {
          for (const [returned] of view.results as readonly (readonly ThreadResult[])[])
            if (returned !== 'cut' && 'undefinedBehaviour' in returned) return returned.undefinedBehaviour;
          if ((view.results as readonly (readonly ThreadResult[])[]).some(([returned]) => returned === 'cut'))
            return true;
          const state = stateOf(view, test, addresses);
          const holds = (of: Condition): boolean => holdsIn(of, state, addresses)!;
          ended(filter === null || holds(filter), holds(condition));
          return true;
        },
      },
    },
  };
}

function stateOf(view: StateView, { threads }: LitmusTest, addresses: Addresses): FinalState {
  return (place) => {
    if ('variable' in place) return view.read(addresses.cell(place.variable)) | 0;
    const i = threads.findIndex(({ number }) => number === place.thread);
    const local = [...threads[i].locals.keys()].indexOf(place.local);
    return (view.results[i][0] as readonly number[])[local];
  };
}
