import Ajv from 'ajv';
import { describe, expect, test } from 'vitest';
import { operations } from '../../src/actors/operations/registry.ts';
import { checkedScenarios } from '../../src/scenario/builtinScenarios.ts';
import { parseVm } from '../../src/scenario/vm.ts';
import { scenarioJsonSchema } from '../../src/scenario/vmSchema.ts';
import { trackerNames } from '../../src/trackers/registry.ts';

const validate = new Ajv().compile(scenarioJsonSchema());
const vm = {
  schema: 1,
  name: 'one',
  rings: [{ size: 4, leeway: 1 }],
  slots: [{ slot: 0, npages: 2 }],
  index: 0,
  actors: [{ name: 'vcpu0', role: 'vcpu', vcpu: 0, operations: [{ do: 'write', pages: [[0, 1]] }] }],
  sometimes: [],
};
const withOperation = (operation: object) => ({ ...vm, actors: [{ ...vm.actors[0], operations: [operation] }] });

describe('the JSON Schema of scenarios', () => {
  test.each(trackerNames)('accepts all built-in scenarios of %s', (tracker) => {
    const specs = checkedScenarios(tracker).map(({ about, mode, spec }) => ({ about, mode, ...spec }));
    expect(specs.length).toBeGreaterThan(5);
    for (const spec of specs) expect([spec.name, validate(spec), validate.errors]).toEqual([spec.name, true, null]);
  });

  test('rejects what the reader rejects', () => {
    for (const wrong of [
      { ...vm, tracker: 'ring' },
      { ...vm, ring: [] },
      withOperation({ do: 'pause' }),
      withOperation({ do: 'write', pages: [] }),
      withOperation({ do: 'halt', pages: [[0, 1]] }),
    ]) {
      expect([JSON.stringify(wrong), validate(wrong)]).toEqual([JSON.stringify(wrong), false]);
      expect(() => parseVm(wrong)).toThrow('scenario.');
    }
  });

  test('may be named in a file', () => {
    expect(parseVm({ ...vm, $schema: './scenario.schema.json' })).toEqual(vm);
  });
});

test('a misspelt field of an operation is rejected, and the valid ones are listed', () => {
  expect(() => parseVm(withOperation({ do: 'write', page: [[0, 1]] }))).toThrow(
    'scenario.actors[0].operations[0].page: there is no such field, only do, pages',
  );
});

test('each operation is listed once, with a description', () => {
  expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
  for (const { name, about, roles } of operations)
    expect([name, about.length > 10, roles.length > 0]).toEqual([name, true, true]);
});
