import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { patching } from '../../build/selftest/patch/patch.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What scenarios are made for: the smallest tests suffice. */
const OF_SCENARIOS = /^ring\/(push|reset|ioctl)$/;

/** Tests that call a module of the subjects themselves, and ask what no scenario gets to: sizes, bounds, refusals, what is recorded. */
export function suitesOf(file) {
  const [folder, tracker] = file.split('/');
  const [any, ring] = ['test/trackers/subjects.test.ts', ['test/ring/ring.test.ts', 'test/models/ring.test.ts']];
  if (OF_SCENARIOS.test(file)) return [any];
  if (folder === 'ring') return ring;
  return [any, ...(folder === 'kvm' || tracker === 'gfnRing' ? ring : [`test/models/${tracker}.test.ts`])];
}

/** The first of these tests that fails on a mutant; undefined: none does, or null: they did not come to an end. */
export function failing(files, edit, seconds) {
  const args = ['vitest', 'run', '--config', 'bench/mutants/vitest.config.mjs', '--reporter=json', ...files];
  const { env } = patching(edit === undefined ? [] : [edit]);
  const { stdout, error } = spawnSync('npx', args, {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    timeout: seconds * 1000,
    killSignal: 'SIGKILL',
  });
  if (error !== undefined) return null;
  const { testResults, success } = JSON.parse(stdout.slice(stdout.indexOf('{"numTotal')));
  if (success) return undefined;
  const failed = testResults.flatMap(({ name, assertionResults, message }) => {
    const where = name.slice(ROOT.length);
    const tests = assertionResults.filter(({ status }) => status === 'failed');
    return message && tests.length === 0
      ? [{ where, property: 'the file loads' }]
      : tests.map(({ fullName }) => ({ where, property: fullName.trim() }));
  });
  return failed[0] ?? null;
}
