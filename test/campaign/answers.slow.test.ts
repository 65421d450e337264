import fc from 'fast-check';
import { expect, test } from 'vitest';
import runTask from '../../src/campaign/executors/campaignWorker.ts';
import type { CampaignTask, TaskAnswer } from '../../src/campaign/executors/executor.ts';
import { parseAnswer } from '../../src/campaign/executors/parseAnswer.ts';
import { CampaignState } from '../../src/campaign/state/campaignState.ts';
import { diffBatch } from '../../src/campaign/state/diffBatch.ts';
import type { MinimisedFailure } from '../../src/campaign/state/findings.ts';
import { isBadInput } from '../../src/input/badInput.ts';
import { inputs, mutationsOf } from '../input/mutations.ts';
import { modulePath, settings } from './campaigns.ts';

const ofLostUpdate = settings([modulePath('lost-update')]);

/** The first batch of a campaign with its answer, and the first failure with its answer. */
const exchange = (async () => {
  const state = new CampaignState(ofLostUpdate);
  const batch: CampaignTask = { kind: 'batch', batch: state.nextBatch, config: ofLostUpdate };
  const batchAnswer = await runTask({ task: batch, seconds: 60, until: Infinity });
  state.applyBatch(diffBatch(state, (batchAnswer as { result?: unknown }).result as never));
  const minimise: CampaignTask = { kind: 'minimise', unminimised: state.findings.unminimised[0], config: ofLostUpdate };
  const overJson = (answer: unknown): TaskAnswer => JSON.parse(JSON.stringify(answer));
  return {
    batch,
    batchAnswer: overJson(batchAnswer),
    minimise,
    minimiseAnswer: overJson(await runTask({ task: minimise, seconds: 60, until: Infinity })),
  };
})();

/** Applies an answer, as the coordinator does it. */
function apply(task: CampaignTask, value: unknown): void {
  let answer: TaskAnswer;
  try {
    answer = parseAnswer(value, task);
  } catch (error) {
    if (!isBadInput(error)) throw error;
    return;
  }
  if (answer.kind !== 'done') return;
  const state = new CampaignState(ofLostUpdate);
  if (task.kind === 'batch') state.applyBatch(diffBatch(state, answer.result as never));
  else {
    state.findings.addUnminimised(task.unminimised);
    state.applyMinimised(answer.result as MinimisedFailure);
    for (const { key, finding } of state.findings.recorded) {
      expect(key).toMatch(/^[0-9a-f]{10}$/);
      if ('module' in finding.scenario)
        expect(finding.scenario).toMatchObject({
          module: (modulePath('lost-update').source as { module: string }).module,
        });
    }
  }
  JSON.stringify(state);
}

test('the answer of a worker is accepted as it was sent', async () => {
  const { batch, batchAnswer, minimise, minimiseAnswer } = await exchange;
  expect(parseAnswer(batchAnswer, batch)).toEqual(batchAnswer);
  expect(parseAnswer(minimiseAnswer, minimise)).toEqual(minimiseAnswer);
});

test.each(['batch', 'minimise'] as const)(
  'any other answer to the task %s is refused, or can be applied',
  async (kind) => {
    const { [kind]: task, [`${kind}Answer` as const]: answer } = await exchange;
    fc.assert(
      fc.property(mutationsOf(answer), (value) => apply(task, value)),
      { numRuns: inputs(400) },
    );
  },
);

test.each(['/../x', '../../../x', 'ABCDEF0123', '', 'x'.repeat(10)])(
  'a key that is no hash is refused: %j',
  async (key) => {
    const { minimise, minimiseAnswer } = await exchange;
    const forged = JSON.parse(JSON.stringify(minimiseAnswer));
    forged.result.minimisedKey = key;
    expect(() => parseAnswer(forged, minimise)).toThrow('must be ten hexadecimal digits');
  },
);
