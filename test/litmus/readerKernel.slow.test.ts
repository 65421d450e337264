import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memoryModelNames } from '../../src/explore/memoryModels/registry.ts';
import { litmusFiles } from '../../src/litmus/files.ts';
import { compareVerdict } from '../../src/litmus/report.ts';

/** The kernel's tests are under the GPL, so they are not in this repository. */
const path = process.env.GFNRING_LITMUS;

describe.skipIf(path === undefined)(`the tests in GFNRING_LITMUS${path === undefined ? ' (not set)' : ''}`, () => {
  test.each(memoryModelNames)('nothing disagrees under %s without a reason', (model) => {
    const { folder, files } = litmusFiles(path!);
    const reports = files.map((file) => ({
      file,
      ...compareVerdict(readFileSync(join(folder, file), 'utf8'), model, 10),
    }));
    expect(reports.filter(({ outcome }) => outcome === 'unexplained')).toEqual([]);
    expect(reports.some(({ outcome }) => outcome === 'agree')).toBe(true);
  });
});
