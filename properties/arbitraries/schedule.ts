import fc from 'fast-check';

/**
 * A part of a schedule: `length` steps of `thread`. A replay follows a schedule as far as it can
 * (`ReplayScheduler`), so any part can be removed.
 */
export interface ScheduleRun {
  readonly thread: number;
  readonly length: number;
}

const LENGTHS = [1, 1, 1, 2, 2, 3, 5, 8, 20];

/**
 * Random schedules of up to `runsMax` parts. Shrinking first removes context switches, then steps.
 */
export class ScheduleArbitrary extends fc.Arbitrary<readonly ScheduleRun[]> {
  private readonly threads: number;
  private readonly runsMax: number;

  constructor(threads: number, runsMax: number) {
    super();
    this.threads = threads;
    this.runsMax = runsMax;
  }

  generate(random: fc.Random): fc.Value<readonly ScheduleRun[]> {
    const runs: ScheduleRun[] = [];
    for (let left = random.nextInt(0, this.runsMax); left > 0; left--) {
      runs.push({
        thread: random.nextInt(0, this.threads - 1),
        length: LENGTHS[random.nextInt(0, LENGTHS.length - 1)],
      });
    }
    return new fc.Value(runs, undefined);
  }

  canShrinkWithoutContext(value: unknown): value is readonly ScheduleRun[] {
    return Array.isArray(value);
  }

  shrink(runs: readonly ScheduleRun[]): fc.Stream<fc.Value<readonly ScheduleRun[]>> {
    return fc.stream(shrinkSchedule(runs)).map((value) => new fc.Value(value, undefined));
  }
}

function* shrinkSchedule(runs: readonly ScheduleRun[]): Generator<readonly ScheduleRun[]> {
  if (runs.length > 1) {
    yield runs.slice(0, runs.length >> 1);
    yield runs.slice(runs.length >> 1);
  }
  for (let i = 0; i < runs.length; i++) yield runs.toSpliced(i, 1);
  for (let i = 0; i + 1 < runs.length; i++) {
    const next = runs.findIndex((run, j) => j > i && run.thread === runs[i].thread);
    if (next < 0) continue;
    yield runs.toSpliced(next, 1).with(i, { thread: runs[i].thread, length: runs[i].length + runs[next].length });
  }
  for (let i = 0; i < runs.length; i++)
    if (runs[i].length > 1) yield runs.with(i, { ...runs[i], length: runs[i].length >> 1 });
}

/** The schedule as the thread of each step. */
export const flatten = (runs: readonly ScheduleRun[]): number[] =>
  runs.flatMap(({ thread, length }) => Array<number>(length).fill(thread));
