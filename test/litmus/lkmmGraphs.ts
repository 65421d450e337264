import { noProperties } from '../../src/check/property.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import { Deadline } from '../../src/explore/limits.ts';
import { Addresses } from '../../src/litmus/addresses.ts';
import { searchCandidates } from '../../src/litmus/axioms/candidates.ts';
import { checkLkmm } from '../../src/litmus/axioms/lkmm.ts';
import { hasDataRace } from '../../src/litmus/axioms/lkmmRaces.ts';
import { initialValues, possibleRuns } from '../../src/litmus/axioms/possibleRuns.ts';
import { executeThread } from '../../src/litmus/interpreter.ts';
import { parseTest } from '../../src/litmus/parser/parse.ts';
import type { LitmusTest } from '../../src/litmus/syntax.ts';
import { searchHere } from '../../src/run/search/search.ts';
import { litmus } from './readerTexts.ts';

/** What a program does under `lkmm`: its final states and graphs; with a data race, only that. */
export interface LkmmResult {
  readonly race: boolean;
  readonly graphs?: number;
  readonly outcomes?: readonly string[];
}

const SECONDS = 60;
const VARIABLES = 'x, y, z, l';

/** A test of these threads; each is C code over x, y and z, and the lock l. */
export const testOf = (threads: readonly string[]): LitmusTest =>
  parseTest(
    litmus(
      threads.map((body) => `${VARIABLES}: ${body}`),
      'exists (x=1)',
    ),
  );

const textOf = (locals: readonly unknown[], memory: readonly number[]): string => JSON.stringify([locals, memory]);

/** By candidate executions and their axioms, with dependencies of the text. */
export function byAxioms(test: LitmusTest): LkmmResult {
  const addresses = new Addresses(test);
  const deadline = new Deadline(SECONDS);
  const initial = initialValues(test, addresses);
  const outcomes = new Set<string>();
  let graphs = 0;
  let race = false;
  searchCandidates(possibleRuns(test, addresses, deadline), initial, {
    isPromising: () => true,
    isConsistent: (partial) => !('violated' in checkLkmm(partial)),
    visit: (candidate, runs) => {
      const order = checkLkmm(candidate);
      if ('violated' in order) return false;
      graphs++;
      race ||= hasDataRace(order);
      const memory = cellsOf(test).map((name) => {
        const last = candidate.coherence.get(addresses.of(name))?.at(-1);
        return last === undefined ? initial.get(addresses.of(name))! : candidate.events[last].value;
      });
      const locals = runs.map((run) => run.locals);
      outcomes.add(textOf(locals, memory));
      return false;
    },
  });
  return race ? { race } : { race, graphs, outcomes: [...outcomes].sort() };
}

/** By exploration, with dependencies that are found by running the threads again. */
export function byExploration(test: LitmusTest): LkmmResult {
  const outcomes = new Set<string>();
  const { violation, limit, executions, classes } = searchHere(
    scenarioOf(test, outcomes),
    {
      ...{ memoryModel: 'lkmm', tearing: false, scheduler: 'exhaustive', reduction: 'optimal' },
      ...{ seed: 1, depth: 1, stepsMax: 1000 },
    },
    { executions: Infinity, seconds: SECONDS, bytes: 2 ** 30 },
  );
  if (violation?.category === 'data-race') return { race: true };
  if (violation !== undefined || limit !== undefined) throw new Error(violation?.message ?? limit!.text);
  if (classes !== executions) throw new Error(`${executions} executions of ${classes} graphs`);
  return { race: false, graphs: executions, outcomes: [...outcomes].sort() };
}

const cellsOf = ({ variables }: LitmusTest): string[] => variables.flatMap(({ name, lock }) => (lock ? [] : [name]));

function scenarioOf(test: LitmusTest, outcomes: Set<string>): Scenario {
  const addresses = new Addresses(test);
  return {
    name: test.name,
    program: {
      layout: addresses.layout,
      init: () => {},
      actors: test.threads.map((thread) => ({
        name: `P${thread.number}`,
        operations: [{ label: 'run', run: (mem) => executeThread(thread, addresses, mem) }],
      })),
    },
    properties: {
      ...noProperties,
      resultsMatter: true,
      finally: {
        'the outcome is noted': (view) => {
          const memory = cellsOf(test).map((name) => view.read(addresses.cell(name)) | 0);
          outcomes.add(
            textOf(
              view.results.map(([locals]) => locals),
              memory,
            ),
          );
          return true;
        },
      },
    },
  };
}
