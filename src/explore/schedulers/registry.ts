import type { Profile } from '../profile.ts';
import { Pct } from './pct.ts';
import { Portfolio } from './portfolio.ts';
import { Pos } from './pos.ts';
import { RandomWalk } from './randomWalk.ts';
import { ReadsFromScheduler } from './readsFrom.ts';
import type { Scheduler } from './scheduler.ts';
import { Surw } from './surw.ts';
import { Urw } from './urw.ts';

/** The randomized schedulers. */
export const randomSchedulerNames = ['portfolio', 'random-walk', 'pct', 'pos', 'urw', 'surw', 'reads-from'] as const;
export type RandomSchedulerName = (typeof randomSchedulerNames)[number];

/**
 * Creates a randomized scheduler. The portfolio has each of them, and the one that did best twice.
 * The table has five bugs of a ring (`test/explore/ringBugs.ts`) and the median number of
 * executions until each is found, over 60 seeds; `-` is more than 20,000. `pct3` is pct of depth 3,
 * `rf` is reads-from, and `all` is the portfolio. None is best everywhere.
 * A random walk is best nowhere, but it alone assumes nothing about the program.
 *
 * | bug                     | walk | pct2 | pct3 | pct5 | pct10 | pos | urw | surw | rf  | all |
 * | ----------------------- | ---- | ---- | ---- | ---- | ----- | --- | --- | ---- | --- | --- |
 * | full is decided on cons |    - |    - |   64 |   41 |    47 |  44 |  48 |   35 |  35 |  49 |
 * | cons one ahead believed |   35 |    3 |    3 |    4 |     6 |   9 | 261 |    8 |   7 |   4 |
 * | prod before the entry   |    8 |   10 |    5 |    4 |     6 |   3 |  13 |    4 |   2 |   3 |
 * | entry 0 wipes its pad   |  934 |    9 |   16 |   14 |    24 |  39 | 223 |   31 |  27 |  15 |
 * | kreset before the entry |    - |    - |  395 |  320 |   660 | 343 | 218 | 1100 | 250 | 372 |
 *
 * @param depth for `pct`: the depth of the bugs to find, from 1.
 */
export function createScheduler(name: RandomSchedulerName, seed: number, profile: Profile, depth: number): Scheduler {
  const { threads, groups, choices } = profile;
  const pct = (d: number): Scheduler => new Pct(seed, d, threads, choices);
  const readsFrom = (): Scheduler => new ReadsFromScheduler(seed, profile);
  switch (name) {
    case 'random-walk':
      return new RandomWalk(seed);
    case 'pct':
      return pct(depth);
    case 'pos':
      return new Pos(seed, threads, groups);
    case 'urw':
      return new Urw(seed, profile);
    case 'surw':
      return new Surw(seed, profile);
    case 'reads-from':
      return readsFrom();
    case 'portfolio':
      return new Portfolio([
        pct(3),
        readsFrom(),
        new Pos(seed, threads, groups),
        pct(2),
        new Surw(seed, profile),
        pct(5),
        new Urw(seed, profile),
        readsFrom(),
        pct(10),
        new RandomWalk(seed),
      ]);
  }
}
