import { runTests } from '../../build/selftest/vitest/runTests.js';

/** What scenarios are made for: the smallest tests suffice. */
const OF_SCENARIOS = /^ring\/(push|reset|ioctl)$/;

/** Tests that call a module directly, for what no scenario reaches: sizes, bounds, refusals. */
export function suitesOf(file) {
  const [folder, tracker] = file.split('/');
  const [any, ring] = ['test/trackers/subjects.test.ts', ['test/ring/ring.test.ts', 'test/models/ring.test.ts']];
  if (OF_SCENARIOS.test(file)) return [any];
  if (folder === 'ring') return ring;
  return [any, ...(folder === 'kvm' || tracker === 'gfnRing' ? ring : [`test/models/${tracker}.test.ts`])];
}

/** The first of these tests that fails on a mutant; undefined: none does; null: they do not end. */
export async function failing(files, edit, seconds) {
  const { failed, error, hung } = await runTests([edit], files, { bail: true, seconds });
  if (hung) return null;
  if (error !== null) return { where: files[0], property: 'the file loads' };
  return failed.map(({ file, name }) => ({ where: file, property: name }))[0];
}
