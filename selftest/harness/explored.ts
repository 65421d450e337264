import type { Scenario } from '#dist/check/scenario.js';
import { type Limits, noLimits } from '#dist/explore/limits.js';
import { plainMachine } from '#dist/run/createRun.js';
import { searchHere } from '#dist/run/search/search.js';
import type { ScenarioSearchResult, SearchSpec } from '#dist/run/search/searchSpec.js';
import { outcomeOf, program } from './program.ts';
import { Wrong } from './selfCheck.ts';

export type How = Partial<SearchSpec>;

/** Searches on this thread; exhaustively, unless told otherwise. A search that finds itself in the wrong says so. */
export function searched(of: Scenario, how: How = {}, limits: Partial<Limits> = {}): ScenarioSearchResult {
  const search: SearchSpec = {
    ...plainMachine,
    ...{ scheduler: 'exhaustive', reduction: 'states', seed: 1, depth: 3, stepsMax: 1000 },
    ...how,
  };
  try {
    return searchHere(of, search, { ...noLimits, seconds: 20, ...limits });
  } catch (error) {
    if (/^a graph was found to be consistent/.test((error as Error).message)) throw new Wrong((error as Error).message);
    throw error;
  }
}

/** All ways in which a program ends, sorted; with what the search has counted. */
export function explored(
  text: string,
  how: How = {},
  finals = '',
  limits: Partial<Limits> = {},
): ScenarioSearchResult & { readonly outcomes: string } {
  const of = program(text);
  const outcomes = new Set<string>();
  const scenario: Scenario = {
    name: 'drawn',
    program: of,
    properties: {
      always: {},
      sometimes: {},
      finally: {
        'it is written down': (look) => {
          outcomes.add(outcomeOf(look, of, finals));
          return true;
        },
      },
      monitors: [],
      resultsMatter: true,
      deadlock: () => 'no deadlock',
    },
  };
  const result = searched(scenario, how, limits);
  return { ...result, outcomes: [...outcomes].sort().join(' ') };
}
