import { Piscina } from 'piscina';
import { planOf } from '../explore/doer.ts';
import type { Limits } from '../explore/limits.ts';
import type { Done } from '../explore/parts.ts';
import { Rounds } from '../explore/rounds.ts';
import { childrenOf } from '../explore/wakeupTree.ts';
import { BadInput } from './badInput.ts';
import { runOf } from './run.ts';
import type { Search, Searched } from './search.ts';
import type { RoundTask, Share } from './searchWorker.ts';
import type { Sourced } from './source.ts';
import { workerFile } from './workerFile.ts';

/**
 * Worker threads that search together. What is found, and every count, depends on neither their number nor their speed (see `Rounds`). Which execution
 * stands for its class in an optimal search may differ from a search on one thread.
 */
export class SearchPool {
  private readonly workers: number;
  private readonly pool: Piscina;

  constructor(workers: number) {
    this.workers = workers;
    this.pool = new Piscina({
      filename: workerFile('searchWorker'),
      minThreads: workers,
      maxThreads: workers,
      idleTimeout: Infinity,
    });
  }

  async search({ source, scenario }: Sourced, search: Search, limits: Limits): Promise<Searched> {
    if ('inMemory' in source)
      throw new BadInput(
        `scenario ${source.name} was made in memory: other threads cannot build it, so it is searched on one`,
      );
    const { execution, checker } = runOf(scenario, search.stepsMax);
    const kind =
      search.scheduler !== 'exhaustive' ? 'draws' : search.reduction === 'optimal' ? 'classes' : 'interleavings';
    const rounds = new Rounds(planOf(kind, execution, checker), limits);
    const missing = new Set(checker.missing);
    for (let round = rounds.next(); round.parts.length > 0; round = rounds.next()) {
      const shares = await this.round({ source, search, parts: round.parts, limits: round.limits });
      rounds.took(round.parts, shares.map(doneOf));
      for (const { reached } of shares) for (const name of reached) missing.delete(name);
    }
    const { tally, last, classes, readsFrom } = rounds;
    return {
      ...resultOf(tally),
      classes: classes.size,
      readsFrom: readsFrom.size,
      classesCut: false,
      schedule: last?.schedule ?? [],
      stop: last?.stop,
      missing: [...missing],
    };
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  /** Does the parts of a round, up to the first that finds a violation. */
  private async round(task: Omit<RoundTask, 'control'>): Promise<Share[]> {
    const control = new SharedArrayBuffer(8);
    const one = (): Promise<Share[]> => this.pool.run({ ...task, control } satisfies RoundTask);
    const shares = (await Promise.all(Array.from({ length: this.workers }, one))).flat();
    shares.sort((a, b) => a.index - b.index);
    const found = shares.findIndex(({ done }) => done.violation !== undefined);
    const missing = shares.findIndex(({ index }, i) => index !== i); // where the time was over
    const ends = [found + 1, missing, shares.length].filter((end) => end > 0);
    return shares.slice(0, Math.min(...ends));
  }
}

const doneOf = ({ done, tree }: Share): Done => ({ ...done, tree: tree === undefined ? [] : childrenOf(tree) });

const resultOf = ({ executions, blocked, cut, states, steps, violation, limit }: Rounds['tally']) => ({
  executions,
  blocked,
  cut,
  states,
  steps,
  violation,
  limit,
});
