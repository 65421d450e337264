import { drawReadFrom, type Random, randomOf, uniformInt } from '../random.ts';
import { lowestSetBit, popcount, type Scheduler, type SchedulerView } from './scheduler.ts';

/** Random walk: each step is taken by one of the enabled threads, all equally likely. */
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

  next(view: SchedulerView): number {
    let rest = view.enabled;
    if ((rest & (rest - 1)) === 0) return lowestSetBit(rest);
    for (let skip = uniformInt(this.random, popcount(rest)); skip > 0; skip--) rest &= rest - 1;
    return lowestSetBit(rest);
  }

  chooseReadsFrom(count: number): number {
    return drawReadFrom(this.random, count);
  }
}
