import { Piscina } from 'piscina';
import { UNKNOWN } from '../explore/graphs/searchGraphs.ts';
import type { Limits } from '../explore/limits.ts';
import type { Round } from '../explore/rounds.ts';
import { BadInput } from './badInput.ts';
import { withoutRefuted } from './deepening.ts';
import { runOf } from './run.ts';
import { doerOf, roundsOf, searched, searchMerging } from './search.ts';
import type { Search, Searched } from './searchSpec.ts';
import type { RoundTask } from './searchWorker.ts';
import { callOff, controlOf, doShare, inOrder, type Share } from './share.ts';
import type { Sourced } from './source.ts';
import { workerFile } from './workerFile.ts';

/**
 * Threads that search together: this one, and workers. What is run, and what comes of it, depends on neither their number nor their speed (see
 * `Rounds`); it is what `searchHere` does on one thread.
 */
export class SearchPool {
  private readonly others: number;
  private readonly pool: Piscina;

  /** @param threads all of them, this one included; two or more. */
  constructor(threads: number) {
    this.others = threads - 1;
    this.pool = new Piscina({
      filename: workerFile('scenario/searchWorker'),
      minThreads: this.others,
      maxThreads: this.others,
      idleTimeout: Infinity,
    });
  }

  async search(what: Sourced, search: Search, limits: Limits): Promise<Searched> {
    if ('inMemory' in what.source)
      throw new BadInput(
        `scenario ${what.source.name} was made in memory: other threads cannot build it, so it is searched on one`,
      );
    const searches = withoutRefuted(search, limits);
    let step = searches.next();
    while (!step.done) step = searches.next(await this.searchOnce(what, step.value.search, step.value.limits));
    return step.value;
  }

  private async searchOnce({ source, scenario }: Sourced, search: Search, limits: Limits): Promise<Searched> {
    const run = runOf(scenario, search.stepsMax, search, [], search.loopRules);
    const rounds = roundsOf(run, search, limits);
    const doer = doerOf(run, search, limits);
    const missing = new Set(run.checker.missing);
    /** Has the others begin with a round; they go on to the next without waiting for this thread. */
    const begin = (round: Round): Begun => {
      const control = controlOf();
      const few = Math.min(this.others, round.parts.length - 1);
      const task: RoundTask = { source, search, round, control };
      return { control, others: Promise.all(Array.from({ length: Math.max(0, few) }, () => this.pool.run(task))) };
    };
    let begun: Begun | undefined;
    const all = rounds.all();
    for (let step = all.next(); !step.done; ) {
      const { now, ahead } = step.value;
      const { control, others } = begun ?? begin(now);
      begun = ahead.parts.length > 0 ? begin(ahead) : undefined;
      const mine = doShare(run, doer, now, control);
      const shares = inOrder([mine, ...(await others)].flat());
      for (const { reached } of shares) for (const name of reached) missing.delete(name);
      step = all.next(shares.map(({ done }) => done));
    }
    if (begun !== undefined) {
      callOff(begun.control);
      await begun.others;
    }
    if (rounds.tally.limit === UNKNOWN) return searchMerging(scenario, search, limits);
    return searched(rounds, [...missing], search);
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

interface Begun {
  readonly control: SharedArrayBuffer;
  readonly others: Promise<Share[][]>;
}
