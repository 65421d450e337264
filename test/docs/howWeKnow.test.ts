import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mistakes } from '../../selftest/mistakes/index.ts';
import { canaries } from '../../selftest/subjects/index.ts';
import { SUITE } from '../litmus/suite.ts';
import { documents } from './blocks.ts';

const read = (file: string): string => readFileSync(file, 'utf8');
const text = read('docs/how-we-know.md').replaceAll(/\s+/g, ' ');

test('the numbers in docs/how-we-know.md are those of the lists and of the other documents', () => {
  const [, all, killed, hang, survive] = /(\d+) mutants: (\d+) are killed, (\d+) hang, (\d+) survive\./.exec(
    read('docs/mutants.md'),
  )!;
  const [ofTrackers] = read('docs/mutants.md').split('## Mutants of C');
  const operators = ofTrackers.match(/^\| [a-z]+ \| [^|]+ \| \d+ \|.*$/gm)!.length;
  const [, unmodified] = /(\d+) unmodified scenarios beside them: 0 false alarms/.exec(read('docs/canaries.md'))!;
  const models = read('docs/memory-models.md').replaceAll(/\s+/g, ' ');
  const [, ofKernel, readable, agreed, others] =
    /Of the (\d+) tests that Linux 6\.1 .* reads (\d+) and agrees with (\d+) under `rc11`; the other (\d+)/.exec(
      models,
    )!;
  const counts = read('test/explore/counts.slow.test.ts');
  const benchmarks = ['ring-s', 'ring-m', 'ring-l'].map((name) =>
    Number(new RegExp(`'${name}', (\\d+)\\]`).exec(counts)![1]),
  );
  const drawnPrograms = /GFNRING_PROGRAMS \?\? (\d+)\)/.exec(read('test/litmus/models.explored.slow.test.ts'))![1];
  const [, operations] = /\(6\.1\.192-2\) \| 1, 200 \| ([\d,]+) /.exec(read('docs/kernel-conformance.md'))!;
  for (const output of [
    `has ${mistakes.length} mistakes`,
    `${mistakes.length} of ${mistakes.length} are noticed`,
    `${canaries.length} subjects with one known bug each`,
    `${canaries.length} of ${canaries.length} are caught`,
    `${unmodified} unmodified scenarios`,
    `${all} ways to break the subjects, made by ${operators} operators and not chosen by hand. ${killed} are killed, ${hang} hang, ${survive} survive`,
    `${survive} mutants survive`,
    `For ${SUITE.length} litmus tests`,
    `and ${drawnPrograms} drawn programs, under \`tso\` and under \`rc11\``,
    `Of the ${ofKernel} tests that Linux 6.1 has`,
    `reads ${readable} and agrees with ${agreed} under \`rc11\`; the other ${others} `,
    `| ${benchmarks.map((count) => count.toLocaleString('en')).join('; ')} |`,
    `200 lists of ${operations} operations each time`,
  ])
    expect(text).toContain(output);
  // And so does the README.
  const readme = read('README.md').replaceAll(/\s+/g, ' ');
  expect(/(\d+) known bugs/.exec(readme)?.[1]).toBe(`${canaries.length}`);
  expect(/(\d+) mistakes in the harness/.exec(readme)?.[1]).toBe(`${mistakes.length}`);
});

test('the npm scripts and test files that documents name exist', () => {
  const { scripts } = JSON.parse(read('package.json'));
  const named = documents.flatMap((document) => {
    const all = read(document);
    const files = [...all.matchAll(/npx vitest run ([^`\n]*(?:\nproperties[^`\n]*)?)/g)]
      .flatMap(([, words]) => words.split(/\s+/))
      .filter((word) => /^[a-z]/.test(word));
    const tasks = [...all.matchAll(/npm run ([\w:]+)/g)].map(([, task]) => task);
    return [
      ...files.filter((file) => !existsSync(file)).map((file) => `${document}: ${file}`),
      ...tasks.filter((task) => !(task in scripts)).map((task) => `${document}: npm run ${task}`),
    ];
  });
  expect(named).toEqual([]);
});
