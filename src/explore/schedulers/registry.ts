import type { Profile } from '../profile.ts';
import { Pct } from './pct.ts';
import { Portfolio } from './portfolio.ts';
import { Pos } from './pos.ts';
import { RandomWalk } from './randomWalk.ts';
import { ReadsFromScheduler } from './readsFrom.ts';
import type { Scheduler } from './scheduler.ts';
import { Surw } from './surw.ts';
import { Urw } from './urw.ts';

interface SchedulerOptions {
  readonly seed: number;
  readonly profile: Profile;
  /** For `pct`: the depth of the bugs to find, from 1. */
  readonly depth: number;
}

/**
 * The randomized schedulers, by name. Tables of docs/schedulers.md describe them.
 *
 * Below: the seeded bugs of the benchmark ring (`benchmarkRingBugs`), and the median number of
 * executions until each is found, over 60 seeds. `-` is more than 20,000; `pct3` is pct of depth 3;
 * `rf` is reads-from; `all` is the portfolio. None is best everywhere. A random walk is best
 * nowhere, but it alone assumes nothing about the program.
 *
 * | bug                     | walk | pct2 | pct3 | pct5 | pct10 | pos | urw | surw | rf  | all |
 * | ----------------------- | ---- | ---- | ---- | ---- | ----- | --- | --- | ---- | --- | --- |
 * | full-decided-on-cons    |    - |    - |   64 |   41 |    47 |  44 |  48 |   35 |  35 |  49 |
 * | cons-one-ahead-accepted |   35 |    3 |    3 |    4 |     6 |   9 | 261 |    8 |   7 |   4 |
 * | prod-before-the-entry   |    8 |   10 |    5 |    4 |     6 |   3 |  13 |    4 |   2 |   3 |
 * | entry-0-wipes-its-pad   |  934 |    9 |   16 |   14 |    24 |  39 | 223 |   31 |  27 |  15 |
 * | kreset-before-the-entry |    - |    - |  395 |  320 |   660 | 343 | 218 | 1100 | 250 | 372 |
 */
const randomSchedulers = {
  portfolio: createPortfolio,
  'random-walk': ({ seed }) => new RandomWalk(seed),
  pct: ({ seed, profile, depth }) => new Pct(seed, depth, profile.threads, profile.choices),
  pos: ({ seed, profile }) => new Pos(seed, profile.threads, profile.groups),
  urw: ({ seed, profile }) => new Urw(seed, profile),
  surw: ({ seed, profile }) => new Surw(seed, profile),
  'reads-from': ({ seed, profile }) => new ReadsFromScheduler(seed, profile),
} satisfies Readonly<Record<string, (options: SchedulerOptions) => Scheduler>>;

export type RandomSchedulerName = keyof typeof randomSchedulers;
export const randomSchedulerNames = Object.keys(randomSchedulers) as readonly RandomSchedulerName[];

/**
 * Its members are chosen by measurement: a new scheduler is not in it by itself. `reads-from`,
 * which does best, is in it twice.
 */
function createPortfolio(options: SchedulerOptions): Scheduler {
  const { pct, pos, surw, urw, 'reads-from': readsFrom, 'random-walk': randomWalk } = randomSchedulers;
  const pctOfDepth = (depth: number): Scheduler => pct({ ...options, depth });
  return new Portfolio([
    pctOfDepth(3),
    readsFrom(options),
    pos(options),
    pctOfDepth(2),
    surw(options),
    pctOfDepth(5),
    urw(options),
    readsFrom(options),
    pctOfDepth(10),
    randomWalk(options),
  ]);
}

/**
 * Creates a randomized scheduler.
 *
 * @param depth for `pct`: the depth of the bugs to find, from 1.
 */
export const createScheduler = (name: RandomSchedulerName, seed: number, profile: Profile, depth: number): Scheduler =>
  randomSchedulers[name]({ seed, profile, depth });
