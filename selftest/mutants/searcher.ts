import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ExploreOptions } from '#dist/run/exploreScenario.js';
import { compiledUrl } from '../compiled.ts';
import type { Edit } from '../patch/patch.ts';
import type { SearchAnswer, SearchRequest } from './child.ts';
import type { MutantScenario } from './scenarios.ts';

const CHILD = fileURLToPath(compiledUrl('mutants/child.js'));
/** Seconds beyond its limit after which a search counts as hung. */
const GRACE = 5;

/** How a scenario is searched. It is sent as JSON, which has no Infinity: null is no limit. */
export interface ScenarioSearch {
  readonly search: Omit<ExploreOptions, 'limits'>;
  readonly limits: Omit<ExploreOptions['limits'], 'executions'> & { readonly executions: number | null };
}

/** How `check` searches a scenario; but a finding is not minimised. */
export function searchOf({ mode, memoryModel }: MutantScenario, seconds: number): ScenarioSearch {
  const scheduler = mode === 'prove' ? 'exhaustive' : 'portfolio';
  return {
    search: {
      ...{ scheduler, reduction: 'states', memoryModel, tearing: false, seed: 1, depth: 3 },
      ...{ workers: 1, stepsMax: 100_000, minimiseSeconds: 0, directory: null },
    },
    limits: { executions: mode === 'prove' ? null : 4_000, seconds, bytes: 2 ** 30 },
  };
}

/**
 * Searches scenarios with one edit in a module, in a process that serves all edits of the module.
 */
export class Searcher {
  readonly file: string;
  private child: ChildProcess | undefined;

  /** @param file the module, seen from `src`, without its ending. */
  constructor(file: string) {
    this.file = file;
  }

  /** The answer; undefined: the search did not end. */
  async search(edit: Edit, scenario: MutantScenario, seconds: number): Promise<SearchAnswer | undefined> {
    const child = this.child ?? (await this.start());
    const { tracker, name } = scenario;
    const request: SearchRequest = { edits: [edit], tracker, name, ...searchOf(scenario, seconds) };
    child.send(request);
    const answer = await new Promise<SearchAnswer | undefined>((resolve) => {
      const timer = setTimeout(() => settle(), (seconds + GRACE) * 1000);
      const settle = (message?: SearchAnswer) => {
        clearTimeout(timer);
        child.off('message', settle).off('exit', ended);
        resolve(message);
      };
      const ended = () => settle();
      child.on('message', settle).on('exit', ended);
    });
    if (answer === undefined) this.close();
    return answer;
  }

  private async start(): Promise<ChildProcess> {
    this.child = fork(CHILD, [this.file], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    await once(this.child, 'message');
    return this.child;
  }

  close(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}
