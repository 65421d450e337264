import { expect, test } from 'vitest';
import { explore } from '../../src/testing/explore.ts';

const MODELS = ['sc', 'tso', 'rc11'] as const;

/** By example: what is found under each memory model. */
const EXAMPLES = [
  ['thread-stream/exactly', 'deadlock'],
  ['thread-stream/at-least', 'passed'],
  ['sync-message/one', 'passed'],
  ['sync-message/two', 'deadlock'],
] as const;

test.each(EXAMPLES.flatMap((example) => MODELS.map((model) => [...example, model] as const)))(
  '%s: %s',
  async (name, outcome, memoryModel) => {
    const report = await explore(`examples/${name}.mjs`, { memoryModel });
    expect([report.outcome, report.exhausted]).toEqual([outcome, outcome === 'passed']);
  },
);

test.each(['thread-stream/at-least', 'sync-message/one'])('%s has as many states in all searches', async (name) => {
  const optimal = await explore(`examples/${name}.mjs`, { reduction: 'optimal' });
  expect([optimal.outcome, optimal.executions]).toEqual(['passed', optimal.classes]);
  expect((await explore(`examples/${name}.mjs`, { scheduler: 'pct', executions: 300 })).outcome).not.toBe('violated');
});
