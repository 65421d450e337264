import type { Scenario } from '../../src/check/scenario.ts';
import type { Limits } from '../../src/explore/limits.ts';
import type { ExploreReport } from '../../src/run/exploreReport.ts';
import { exploreScenario } from '../../src/run/exploreScenario.ts';
import type { SearchSpec } from '../../src/run/search/searchSpec.ts';
import { exploreOptions } from '../searches.ts';

/** The report of an exploration: exhaustive, by states, unless `search` says otherwise. */
export const reportOf = (
  of: Scenario,
  search: Partial<SearchSpec> = {},
  limits: Partial<Limits> = {},
): Promise<ExploreReport> =>
  exploreScenario(
    of,
    exploreOptions({ stepsMax: 1000, ...search, limits: { seconds: 20, bytes: 2 ** 30, ...limits } }),
  );

/** The report as text: its outcome, and the violated properties or the limit. */
export async function told(...of: Parameters<typeof reportOf>): Promise<string> {
  const { outcome, findings, limit } = await reportOf(...of);
  return [outcome, ...findings.map(({ property }) => property), ...(limit === null ? [] : [limit])].join(' ');
}
