import { Piscina } from 'piscina';
import type { Limits } from '../explore/limits.ts';
import { BadInput } from './badInput.ts';
import { runOf } from './run.ts';
import { doerOf, roundsOf, type Search, type Searched, searched } from './search.ts';
import type { RoundTask } from './searchWorker.ts';
import { doShare, type Share } from './share.ts';
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
      filename: workerFile('searchWorker'),
      minThreads: this.others,
      maxThreads: this.others,
      idleTimeout: Infinity,
    });
  }

  async search({ source, scenario }: Sourced, search: Search, limits: Limits): Promise<Searched> {
    if ('inMemory' in source)
      throw new BadInput(
        `scenario ${source.name} was made in memory: other threads cannot build it, so it is searched on one`,
      );
    const run = runOf(scenario, search.stepsMax);
    const doer = doerOf(run, search);
    const rounds = roundsOf(run, search, limits);
    const missing = new Set(run.checker.missing);
    for (let round = rounds.next(); round.parts.length > 0; round = rounds.next()) {
      const { parts, limits: budget } = round;
      const control = new SharedArrayBuffer(8);
      const task: RoundTask = { source, search, parts, limits: budget, control };
      const others = parts.length === 1 ? [] : Array.from({ length: this.others }, () => this.pool.run(task));
      const mine = doShare(run, doer, parts, budget, control);
      const shares = inOrder([mine, ...((await Promise.all(others)) as Share[][])].flat());
      rounds.took(
        parts,
        shares.map(({ done }) => done),
      );
      for (const { reached } of shares) for (const name of reached) missing.delete(name);
    }
    return searched(rounds, [...missing]);
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

/** The shares in the order of their parts, up to the first that found a violation, or that is missing because the time was over. */
function inOrder(shares: Share[]): Share[] {
  shares.sort((a, b) => a.index - b.index);
  const found = shares.findIndex(({ done }) => done.violation !== undefined);
  const missing = shares.findIndex(({ index }, i) => index !== i);
  const ends = [found < 0 ? Infinity : found + 1, missing < 0 ? Infinity : missing];
  return shares.slice(0, Math.min(...ends));
}
