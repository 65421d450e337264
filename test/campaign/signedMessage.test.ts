import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { codeHash } from '../../src/campaign/executors/codeHash.ts';
import { parseTask } from '../../src/campaign/executors/parseTask.ts';
import { queueName } from '../../src/campaign/executors/redisConnection.ts';
import { answerOf, openMessage, signMessage, taskOf } from '../../src/campaign/executors/signedMessage.ts';
import { CampaignState } from '../../src/campaign/state/campaignState.ts';
import { isBadInput } from '../../src/input/badInput.ts';
import { inputs, mutationsOf } from '../input/mutations.ts';
import { builtIn, modulePath, settings } from './campaigns.ts';

const withSecret = (secret: string): void => {
  process.env.GFNRING_QUEUE_SECRET = secret;
};
afterEach(() => {
  delete process.env.GFNRING_QUEUE_SECRET;
});

/** The first batch of a campaign as a task. */
function taskWith(base: ReturnType<typeof builtIn>) {
  const config = settings([base]);
  return { kind: 'batch', batch: new CampaignState(config).nextBatch, config } as const;
}

test('a message is accepted from the secret, and for the job, that it was signed for', () => {
  withSecret('one');
  const message = signMessage({ a: 1 }, taskOf('7'));
  expect(openMessage(message, taskOf('7'))).toEqual({ a: 1 });
  for (const about of [taskOf('8'), answerOf('7')])
    expect(() => openMessage(message, about)).toThrow('is not signed with GFNRING_QUEUE_SECRET');
  withSecret('two');
  expect(() => openMessage(message, taskOf('7'))).toThrow('is not signed');
  const { body } = message;
  expect(() => openMessage({ body }, taskOf('7'))).toThrow('is not signed');
});

test('a changed message is refused', () => {
  withSecret('one');
  const message = signMessage(taskWith(builtIn('ring')), taskOf('7'));
  fc.assert(
    fc.property(mutationsOf(message), (value) => {
      if (JSON.stringify(value).startsWith(JSON.stringify(message).slice(0, -1))) return;
      expect(() => openMessage(value, taskOf('7'))).toThrow();
    }),
    { numRuns: inputs(300) },
  );
});

test('a task without a secret is refused in one line, or runs no module', () => {
  for (const base of [builtIn('ring'), modulePath('lost-update')])
    fc.assert(
      fc.property(mutationsOf(taskWith(base)), (value) => {
        try {
          const task = parseTask(value);
          expect((task.kind === 'batch' ? task.batch : task.unminimised).source).not.toHaveProperty('module');
        } catch (error) {
          if (!isBadInput(error)) throw error;
          expect(error.message).not.toContain('\n');
        }
      }),
      { numRuns: inputs(300) },
    );
  const ofModule = JSON.parse(JSON.stringify(taskWith(modulePath('lost-update'))));
  expect(() => parseTask(ofModule)).toThrow('is not run over a queue without a secret');
  withSecret('one');
  expect(parseTask(ofModule)).toMatchObject({ kind: 'batch' });
});

test('the name of a queue has the code and the secret in it, and not in clear', () => {
  const names = ['', 'one', 'two'].map((secret) => {
    withSecret(secret);
    return queueName('0.1.0');
  });
  expect(new Set(names).size).toBe(3);
  for (const name of names) expect(name).toContain(codeHash(12));
  expect(names.join()).not.toMatch(/one|two/);
});
