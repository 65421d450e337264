import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { litmusFiles } from '../../src/litmus/files.ts';
import { compareVerdict, litmusModels } from '../../src/litmus/report.ts';

/** The kernel's tests are under the GPL, so they are not in this repository. */
const path = process.env.GFNRING_LITMUS;

describe.skipIf(path === undefined)(`the tests in GFNRING_LITMUS${path === undefined ? ' (not set)' : ''}`, () => {
  test.each(litmusModels)('nothing disagrees under %s without a reason', (model) => {
    const { folder, files } = litmusFiles(path!);
    const reports = files.map((file) => ({
      file,
      ...compareVerdict(readFileSync(join(folder, file), 'utf8'), model, 10),
    }));
    expect(reports.filter(({ outcome }) => outcome === 'unexplained')).toEqual([]);
    expect(reports.some(({ outcome }) => outcome === 'agree')).toBe(true);
    if (model === 'lkmm') expect(reports.filter(({ outcome }) => outcome !== 'agree')).toEqual([]);
  });
});
