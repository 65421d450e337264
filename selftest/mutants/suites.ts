import type { Edit } from '../patch/patch.ts';
import { runTests } from '../vitest/runTests.ts';
import type { Fate } from './fate.ts';

/** Scenarios test these modules; the smallest tests suffice. */
const TESTED_BY_SCENARIOS = /^ring\/(push|reset|ioctl)$/;

/** Tests that call a module directly, for what no scenario reaches: sizes, bounds, refusals. */
export function suitesOf(file: string): string[] {
  const [folder, tracker] = file.split('/');
  const [any, ring] = ['test/trackers/subjects.test.ts', ['test/ring/ring.test.ts', 'test/models/ring.test.ts']];
  if (TESTED_BY_SCENARIOS.test(file)) return [any];
  if (folder === 'ring') return ring;
  return [any, ...(folder === 'kvm' || tracker === 'gfnRing' ? ring : [`test/models/${tracker}.test.ts`])];
}

/** The first of these tests that fails with an edit; undefined: none; null: they do not end. */
export async function firstFailure(
  files: readonly string[],
  edit: Edit,
  seconds: number,
): Promise<Fate | undefined | null> {
  const { failed, error, hung } = await runTests([edit], files, { bail: true, seconds });
  if (hung) return null;
  if (error !== null) return { where: files[0], property: 'the file loads' };
  return failed.map(({ file, name }) => ({ where: file, property: name }))[0];
}
