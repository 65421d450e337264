import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiText } from '../bench/docs/api.mjs';
import { schemaText, withReference } from '../bench/docs/scenarioFields.mjs';

const { text, undocumented } = apiText();

test('docs/api.md is current (npm run docs writes it)', () => {
  expect(readFileSync('docs/api.md', 'utf8')).toBe(text);
});

test('the tables of docs/scenarios.md and the JSON Schema are current (npm run docs writes them)', () => {
  const scenarios = readFileSync('docs/scenarios.md', 'utf8');
  expect(scenarios).toBe(withReference(scenarios));
  expect(readFileSync('docs/scenario.schema.json', 'utf8')).toBe(schemaText());
});

test('each export and each of its members has a docstring', () => {
  expect(undocumented).toEqual([]);
});

test('every method of Memory is in it', () => {
  const [, memory] = /### Memory\n([\s\S]*?)\n### /.exec(text)!;
  const names = [...memory.matchAll(/^- `(\w+)\(/gm)].map((found) => found[1]);
  const [, declared] = /export interface Memory \{([\s\S]*?)\n\}/.exec(readFileSync('src/memory/memory.ts', 'utf8'))!;
  expect(names).toEqual([...declared.matchAll(/^ {2}(\w+)\(/gm)].map((found) => found[1]));
  expect(names.length).toBeGreaterThan(20);
});
