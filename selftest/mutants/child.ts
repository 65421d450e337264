/**
 * A process for all mutants of one module: see `Searcher`. It becomes one after the other, and
 * searches what it is asked to. A process for each would take longer to start than most searches
 * take.
 */
import { register } from 'node:module';
import { distUrl } from '../compiled.ts';
import type { Edit } from '../patch/patch.ts';
import type { ScenarioSearch } from './searcher.ts';

/** One search, with edits in the module. */
export interface SearchRequest extends ScenarioSearch {
  readonly edits: readonly Edit[];
  readonly tracker: string;
  /** The scenario. */
  readonly name: string;
}

/** What was found, and whether everything was seen; or the message of an error. */
export type SearchAnswer =
  | { readonly property: string | null; readonly exhausted: boolean; readonly thrown?: undefined }
  | { readonly thrown: string };

const module = distUrl(`${process.argv[2]}.js`).href;
register(new URL('./hook.js', import.meta.url), { data: module });
const { become } = await import(module);
// Imported after the hook is there.
const { exploreScenario } = await import('#dist/run/exploreScenario.js');
const { checkedScenarios } = await import('#dist/scenario/builtinScenarios.js');

process.on('message', async ({ edits, tracker, name, search, limits }: SearchRequest) => {
  let answer: SearchAnswer;
  try {
    become(await import(`${module}?edits=${encodeURIComponent(JSON.stringify(edits))}`));
    const { spec } = checkedScenarios(tracker).find((check) => check.spec.name === name)!;
    const report = await exploreScenario(spec, {
      ...search,
      limits: { ...limits, executions: limits.executions ?? Infinity },
    });
    answer = { property: report.findings[0]?.property ?? null, exhausted: report.exhausted };
  } catch (error) {
    answer = { thrown: (error as Error).message };
  }
  process.send!(answer);
});
process.on('disconnect', () => process.exit());
process.send!('ready');
