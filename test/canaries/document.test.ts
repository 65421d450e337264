import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { canaries } from '../../src/canaries/catalogue.ts';
import { mistakes } from '../../src/canaries/harness/mistakes.ts';
import { nameOf } from '../../src/canaries/runs.ts';

const text = readFileSync('docs/canaries.md', 'utf8');
const rows = text
  .split('\n')
  .filter((line) => /^\| [a-z]/.test(line) && !/^\| (canary|mistake) /.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

test('docs/canaries.md has every canary as it is, and says that all are caught', () => {
  const [shown, noticed] = [rows.filter((row) => row.length > 3), rows.filter((row) => row.length === 3)];
  const byName = (a: readonly string[], b: readonly string[]) => (a[0] < b[0] ? -1 : 1);
  expect(shown.map((row) => row.slice(0, 4)).sort(byName)).toEqual(
    canaries.map((canary) => [canary.name, canary.source, `\`${nameOf(canary)}\``, canary.memoryModel]).sort(byName),
  );
  for (const [name, , , , by, ...rest] of shown) {
    const { expectedBy } = canaries.find((canary) => canary.name === name)!;
    expect([name, expectedBy.some((expected) => by.startsWith(expected)), /missed/.test(by)]).toEqual([
      name,
      true,
      false,
    ]);
    // The third column is the portfolio's.
    expect([name, rest[2]]).toEqual([name, expect.stringMatching(/^(19|20)\/20 \d+$/)]);
  }
  expect(noticed).toEqual(mistakes.map(({ name, part, expectedBy }) => [name, part, expectedBy]));
  expect(text).toContain(`${canaries.length} of ${canaries.length} are caught`);
  expect(text).toContain(`: 0 false alarms. ${mistakes.length} of ${mistakes.length} mistakes`);
});
