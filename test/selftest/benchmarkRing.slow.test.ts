import { describe, expect, onTestFinished, test } from 'vitest';
import type { SeededBug } from '../../selftest/patch/seededBug.ts';
import { benchmarkRingBugs, benchmarkRingScaffold } from '../../selftest/subjects/benchmarkRing.ts';
import { Trial } from '../../selftest/subjects/trial.ts';
import type { Answer } from '../../selftest/subjects/trialProcess.ts';
import type { SchedulerName } from '../../src/run/search/searchSpec.ts';

const SEEDS = process.env.GFNRING_LONG !== undefined ? 20 : 6;
/** The most executions that the portfolio may need, in the median. */
const EXECUTIONS = 1000;

/** Searches `ring-s` with a bug once for each seed. A seed ends after `most` executions. */
async function search(
  { edits }: Pick<SeededBug, 'edits'>,
  scheduler: SchedulerName,
  most: number | null,
  seeds = SEEDS,
): Promise<Answer[]> {
  const trial = new Trial([...benchmarkRingScaffold, ...edits]);
  onTestFinished(() => trial.close());
  const answers: Answer[] = [];
  for (let seed = 0; seed < seeds; seed++)
    answers.push(
      await trial.ask({
        ...{ scenario: 'ring-s', memoryModel: 'sc', tearing: false, scheduler, reduction: 'states', seed },
        ...{ executions: most, seconds: 60, minimiseSeconds: 0 },
      }),
    );
  return answers;
}

/** The median number of executions until the bug is found; Infinity: it is not. */
const medianOf = (answers: readonly Answer[]): number =>
  answers.map(({ finding, executions }) => (finding ? executions : Infinity)).sort((a, b) => a - b)[SEEDS / 2];

describe(`a portfolio finds within 1,000 executions, in the median of ${SEEDS} seeds`, () => {
  test.each(benchmarkRingBugs)('$name', async (bug) => {
    const answers = await search(bug, 'portfolio', 20 * EXECUTIONS);
    const found = answers.flatMap(({ finding }) => finding?.property ?? []);
    expect(found.filter((property) => !bug.expectedBy.includes(property))).toEqual([]);
    expect(medianOf(answers)).toBeLessThanOrEqual(EXECUTIONS);
  });
});

test.each([benchmarkRingBugs[0], benchmarkRingBugs[4]])(
  'a random walk alone does not find $name: it is hard enough',
  async (bug) => {
    expect(medianOf(await search(bug, 'random-walk', EXECUTIONS))).toBe(Infinity);
  },
);

test('nothing is found without a bug, and there is no other bug', async () => {
  const sampled = await search({ edits: [] }, 'portfolio', EXECUTIONS);
  expect(sampled.filter(({ finding }) => finding !== null)).toEqual([]);
  const [{ finding, exhausted }] = await search({ edits: [] }, 'exhaustive', null, 1);
  expect({ finding, exhausted }).toEqual({ finding: null, exhausted: true });
});
