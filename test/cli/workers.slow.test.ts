import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { CheckOptions, CheckResult } from '../../src/cli/checkScenario.ts';
import { checkScenarios } from '../../src/cli/checkScenarios.ts';
import { ScenarioPool } from '../../src/cli/parallel/scenarioPool.ts';
import { checkedScenarios } from '../../src/scenario/builtinScenarios.ts';
import { runIn, startIn, temporaryFolder } from '../commandLine.ts';
import { edited, MAIL } from '../kernel/trees.ts';

const { folder } = temporaryFolder();
const LONG = { timeout: 600_000 };
const OPTIONS: CheckOptions = {
  ...({ tracker: 'dirty-ring@6.1', memoryModel: 'sc', tearing: false, seed: 1, seconds: 60, memory: 2048 } as const),
  dir: folder,
};
const scenariosNamed = (...names: string[]) =>
  checkedScenarios('dirty-ring@6.1').filter(({ spec }) => names.some((name) => spec.name.endsWith(`/${name}`)));

async function resultsWith(scenarios: ReturnType<typeof scenariosNamed>, options: Partial<CheckOptions>) {
  const results: CheckResult[] = [];
  for await (const result of checkScenarios(scenarios, { ...OPTIONS, ...options }, undefined)) results.push(result);
  return withoutTimes(results);
}

const withoutTimes = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, v) => (key === 'seconds' ? 0 : typeof v === 'bigint' ? `${v}` : v)));
const withoutTimesIn = (text: string): string =>
  text.replaceAll(/ *\d+\.\d s /g, ' s ').replaceAll(/\d+ s in all/g, '');

describe('the result does not depend on the number of workers', () => {
  // The merged ring with GFNRING_LONG set, which takes longer.
  const tracker = process.env.GFNRING_LONG === undefined ? 'gfn-list' : 'dirty-ring@6.1';
  const known = tracker === 'gfn-list' ? 'known as O2' : 'known as B21';
  test('of check: the same text in the same order, with findings', LONG, () => {
    const [one, four] = ['1', '4'].map((workers) => runIn(folder, 'check', '--tracker', tracker, '--workers', workers));
    expect(one.stdout).toContain(known);
    expect([four.status, withoutTimesIn(four.stdout)]).toEqual([one.status, withoutTimesIn(one.stdout)]);
  });

  test('where a scenario shows that the tracker works otherwise, later ones begin without these properties', async () => {
    const scenarios = scenariosNamed('host-write', 'wrap', 'migrate', 'handed-over');
    const [host] = scenarios;
    const conformance = host.known!.flatMap(({ properties }) => properties);
    const one = await resultsWith(scenarios, { conformance });
    expect(JSON.stringify(one)).toContain('"differences":[{');
    expect(await resultsWith(scenarios, { conformance, workers: 4 })).toEqual(one);
  });

  test('where memory is short, fewer scenarios run at a time', LONG, async () => {
    const scenarios = scenariosNamed('two-spaces', 'migrate', 'checkpoint', 'replicate');
    const one = await resultsWith(scenarios, { memory: 64 });
    const pool = new ScenarioPool(scenarios, { ...OPTIONS, memory: 64 }, 4);
    const results: CheckResult[] = [];
    const end = () => Promise.reject(new Error('ended'));
    for (const i of scenarios.keys()) results.push(await pool.result(i, false, end));
    await pool.close();
    expect(pool.threads).toBeLessThan(4);
    expect(withoutTimes(results)).toEqual(one);
  });
});

describe('what ends a command', () => {
  test.each([
    ['a set-up that does not return: undecided', 'ring->cons_index = 0;\n', 'volatile u32 n = 0; for (;;) n++;', 4],
    ['code that gfnring cannot run: one line', 'struct kvm_dirty_gfn *entry;\n', 'ring->size = 3;', 2],
  ])('%s, with any number of workers', LONG, (_, at, code, status) => {
    const tree = edited(MAIL, [at, `${at}\t${code}\n`]);
    const args = ['kernel', 'wrap', 'ring', 'full-ring', '--kdir', tree.kdir, '--file', tree.file, '--seconds', '2'];
    const [one, two] = ['1', '2'].map((workers) => runIn(folder, ...args, '--workers', workers));
    expect([one.status, two.status]).toEqual([status, status]);
    expect(two.stderr).toBe(one.stderr);
    expect(withoutTimesIn(two.stdout)).toBe(withoutTimesIn(one.stdout));
  });

  test('Ctrl-C: the results so far, in their order', LONG, async () => {
    const { child, ended } = startIn(folder, 'check', '--workers', '2');
    child.stdout!.once('data', () => child.kill('SIGINT'));
    await once(child, 'exit');
    const { status, stdout } = await ended;
    expect(status).toBe(130);
    expect(stdout).toMatch(/^interrupted after \d+ of \d+ scenarios$/m);
  });
});
