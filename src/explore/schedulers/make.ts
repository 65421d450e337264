import type { Profile } from '../profile.ts';
import type { Scheduler } from '../scheduler.ts';
import { Pct } from './pct.ts';
import { Portfolio } from './portfolio.ts';
import { Pos } from './pos.ts';
import { RandomWalk } from './randomWalk.ts';
import { ReadsFrom } from './readsFrom.ts';
import { Surw } from './surw.ts';
import { Urw } from './urw.ts';

/** The schedulers that draw executions. */
export const drawingNames = ['portfolio', 'random-walk', 'pct', 'pos', 'urw', 'surw', 'reads-from'] as const;
export type DrawingName = (typeof drawingNames)[number];

/** @param depth for `pct`: the depth of the bugs that it is to find. */
export function makeScheduler(name: DrawingName, seed: number, profile: Profile, depth: number): Scheduler {
  const { threads, groups, choices } = profile;
  const pct = (d: number): Scheduler => new Pct(seed, d, threads, choices);
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
      return new ReadsFrom(seed, profile);
    case 'portfolio':
      return new Portfolio([
        new RandomWalk(seed),
        pct(2),
        pct(3),
        new Pos(seed, threads, groups),
        new Surw(seed, profile),
        pct(5),
        new Urw(seed, profile),
        new ReadsFrom(seed, profile),
        pct(10),
      ]);
  }
}
