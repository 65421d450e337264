import { below, type Random, randomOf, wayOrNewest } from '../random.ts';
import { count, lowest, type Scheduler, type View } from '../scheduler.ts';

/** Random walk: each step is given to one of the enabled threads, all equally likely. */
export class RandomWalk implements Scheduler {
  private readonly seed: number;
  private random: Random;

  constructor(seed: number) {
    this.seed = seed;
    this.random = randomOf(seed, 0);
  }

  begin(index: number): void {
    this.random = randomOf(this.seed, index);
  }

  next(view: View): number {
    let rest = view.enabled;
    if ((rest & (rest - 1)) === 0) return lowest(rest);
    for (let skip = below(this.random, count(rest)); skip > 0; skip--) rest &= rest - 1;
    return lowest(rest);
  }

  way(count: number): number {
    return wayOrNewest(this.random, count);
  }
}
