import type { Limits } from '../src/explore/limits.ts';
import { scMemory } from '../src/run/createRun.ts';
import type { ExploreOptions } from '../src/run/exploreScenario.ts';
import type { SearchSpec } from '../src/run/search/searchSpec.ts';

/** A search of all states under sc, unless `more` says otherwise. */
export const searchSpec = (more: Partial<SearchSpec> = {}): SearchSpec => ({
  ...scMemory,
  ...{ scheduler: 'exhaustive', reduction: 'states', seed: 1, depth: 3, stepsMax: 10_000 },
  ...more,
});

/** The same for `exploreScenario`, which then neither minimises nor writes its findings. */
export const exploreOptions = ({
  limits,
  ...more
}: Partial<Omit<ExploreOptions, 'limits'>> & { readonly limits?: Partial<Limits> } = {}): ExploreOptions => ({
  ...searchSpec(),
  limits: { executions: Infinity, seconds: 60, bytes: 2 ** 31, ...limits },
  ...{ workers: 1, minimiseSeconds: 0, directory: null },
  ...more,
});
