import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CheckOptions } from '../../src/cli/checkScenario.ts';
import { statusOfConfirmation } from '../../src/cli/commands/kernel/confirm.ts';
import { runScenarios } from '../../src/cli/runScenarios.ts';
import { statusOfCampaign, statusOfStress } from '../../src/cli/verdictStatus.ts';
import type { KernelRounds } from '../../src/confirm/rounds.ts';
import { generateLists } from '../../src/conformance/generate.ts';
import { modelReference } from '../../src/conformance/modelReference.ts';
import { findBuiltIn } from '../../src/scenario/builtinScenarios.ts';
import { runInProcess, startIn, temporaryFolder } from '../commandLine.ts';
import { litmus, STORE_BUFFERING } from '../litmus/readerTexts.ts';
import { fakeMachine, linesOf } from './fakeMachine.ts';

const { folder, gfnringHere, write } = temporaryFolder();
const { conformance, confirm, machine } = fakeMachine();

/** The table of docs/ci.md: command, situation, status. */
const rows = [...readFileSync('docs/ci.md', 'utf8').matchAll(/^\| (`.*`|every command.*?) \| (.*) \| (\d+) \|$/gm)].map(
  ([, command, situation, status]) => [command.replaceAll('`', ''), situation, Number(status)] as const,
);

type Status = number | null;
/** Runs a command line. */
const run =
  (...args: string[]) =>
  async (): Promise<Status> =>
    (await gfnringHere(...args)).status;
/** Runs commands one after the other. The status is that of the last one. */
const inTurn =
  (...commands: string[][]) =>
  async (): Promise<Status> => {
    let status: Status = null;
    for (const args of commands) ({ status } = await gfnringHere(...args));
    return status;
  };

const CHECK = { tracker: 'gfn-ring', memoryModel: 'sc', tearing: false, seed: 1, seconds: 60, memory: 1024 } as const;
/** Runs `check` on one scenario only. */
const check =
  (scenario: string, options: Partial<CheckOptions> = {}) =>
  async (): Promise<Status> => {
    const all = { ...CHECK, dir: join(folder, 'checked'), ...options };
    return (await runInProcess(folder, () => runScenarios([findBuiltIn(scenario)!], all))).status;
  };

/** A module of two actors; `run` is the body of their operations over the cell `x`. */
const moduleOf = (name: string, run: string, more = ''): string =>
  write(
    `${name}.mjs`,
    `import { assume, scenario } from 'gfnring';
const operation = (mem, { x }) => { ${run} };
export default scenario({ name: '${name}', cells: { x: 'u32' }, actors: { a: [operation], b: [operation] }, ${more} });
`,
  );
const right = moduleOf('right', 'mem.fetchAdd(x, 1);');
const wrong = moduleOf(
  'wrong',
  'mem.fetchAdd(x, 1);',
  `finally: { 'x is 3': ({ read, cells }) => read(cells.x) === 3 }`,
);
const assumes = moduleOf('assumes', 'assume(mem.fetchAdd(x, 1) > 5);');
const unreached = moduleOf(
  'unreached',
  'mem.fetchAdd(x, 1);',
  `sometimes: { 'x is 3': ({ read, cells }) => read(cells.x) === 3 }`,
);
const steps = moduleOf('steps', 'for (let i = 0; i < 500; i++) mem.fetchAdd(x, 1);');
/** Worker threads do not have the global variable, which the test sets. */
const differs = moduleOf('differs', 'mem.fetchAdd(x, import.meta.dirname && globalThis.isExplorer ? 1 : 2);');

const fuzz = (scenario: string, dir: string, ...more: string[]): string[] => [
  ...['fuzz', scenario, '--executions', '512', '--workers', '1', '--quiet', '--dir', dir, ...more],
];
const campaign = { outcome: 'limit', lostBatches: [], executions: 512, blocked: 0, cut: 0 } as const;
const lostBatch = { batch: 0, base: 'ring', scenario: 'ring', why: 'a worker died' };

const lists = generateLists(fc, 5, 2);
const kernel = lists.map((list) => modelReference(false).run(list));
const compare = async (observed: typeof kernel): Promise<Status> =>
  conformance(machine(linesOf('6.1.0-1', observed)), '--seed', '5', '--lists', '2').status;

/** A round with the schedule, in which a ring entry names the written page or not. */
const performed = (named: boolean): KernelRounds => {
  const pages = [{ memory: 1, copy: 0, named }];
  const round = { ...{ round: 1, harvested: 1, reset: [0, 1] as const, records: [] }, pages, again: [] };
  return { release: '6.1', build: '#1', rounds: [{ ...round, forced: true, inOrder: true, disturbed: false }] };
};
const b20Finding = async (): Promise<string> => {
  await gfnringHere('explore', 'dirty-ring@6.12/two-resetters', '--scheduler', 'exhaustive', '--dir', 'b20');
  return join(folder, 'b20', readdirSync(join(folder, 'b20'))[0]);
};

const TREE = resolve('examples/kernel');
const PATCHES = resolve('examples/kernel-patch');
const NEW_FILE = '--- /dev/null\n+++ b/new.c\n@@ -0,0 +1 @@\n+int a;\n';
/** It changes the line of a second batch, which `wrap` does not have. */
const FAR = `--- a/virt/kvm/gfnring.c
+++ b/virt/kvm/gfnring.c
@@ -110,3 +110,3 @@
 \t\tif (mask)
-\t\t\tenable_log_dirty(kvm, cur_slot, cur_offset, mask);
+\t\t\tenable_log_dirty(kvm, cur_slot, cur_offset, mask | 0);
 \t\tcur_slot = slot;
`;
/** Runs scenarios of the mail's ring in C, without and with a patch of the examples. */
const patched = (patch: string, ...args: string[]): (() => Promise<Status>) =>
  run('kernel', '--kdir', TREE, '--file', 'virt/kvm/gfnring.c', '--patch', join(PATCHES, `${patch}.patch`), ...args);

/** Writes a litmus test. */
const litmusTest = (name: string, threads: readonly string[], condition: string, result: string): string =>
  write(`${name}.litmus`, litmus([...threads], condition, { result }));
const BUSY = Array.from({ length: 8 }, (_, i) => `x: ${`WRITE_ONCE(*x, ${i}); r0 = READ_ONCE(*x);`.repeat(8)}`);

const cases: Readonly<Record<string, () => Promise<Status>>> = {
  'every command: an unknown option': run('list', '--no-such-option'),
  'every command: a scenario, finding or directory that cannot be read': run('replay', 'nowhere.json'),
  'every command but work: interrupted': async () => {
    const { child, ended } = startIn(folder, 'explore', 'vm', '--seconds', '60');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGINT');
    await once(child, 'exit');
    return (await ended).status;
  },
  'check: each small scenario is proved, and nothing is found in the large ones': check('hostile-wipe'),
  'check: a finding': check('dirty-ring@5.11/host-write'),
  'check: a scenario that is to be proved reaches a limit': check('ring', { seconds: 0.001 }),
  'check: a searched scenario ends no execution, or does not reach a `sometimes`': check('vm', { seconds: 0.001 }),
  'explore: `exhaustive` visits every interleaving, and nothing is found': run(
    ...['explore', right, '--scheduler', 'exhaustive'],
  ),
  'explore: another scheduler finds nothing until its limit': run('explore', right, '--executions', '10'),
  'explore: a finding': run('explore', wrong),
  'explore: a module that does not load': run('explore', write('broken.mjs', 'export default;')),
  'explore: `exhaustive` reaches a limit': run(
    ...['explore', right, '--scheduler', 'exhaustive', '--reduction', 'none', '--executions', '1'],
  ),
  'explore: `--steps` cuts every execution': run('explore', steps, '--steps', '1', '--seconds', '0.2'),
  'explore: no execution ends in time': run('explore', steps, '--seconds', '0.001'),
  'explore: a `sometimes` is not reached before the limit': run('explore', unreached, '--executions', '10'),
  'stress: all runs are checked, and nothing is found': run('stress', right, '--runs', '10'),
  'stress: a finding': run('stress', wrong, '--runs', '10'),
  'stress: no run ends in time': run('stress', right, '--seconds', '0.001'),
  'stress: an `assume` ends every run': run('stress', assumes, '--runs', '10'),
  'stress: a history cannot be decided': async () =>
    statusOfStress([{ findings: [], outcome: 'unknown', runs: 10, blocked: 0 }]),
  'fuzz: nothing is found': run(...fuzz(right, 'right')),
  'fuzz: a finding, of this run or an earlier one': inTurn(fuzz(wrong, 'wrong'), [
    'fuzz',
    '--resume',
    '--dir',
    'wrong',
    '--executions',
    '512',
    '--workers',
    '1',
    '--quiet',
  ]),
  'fuzz: a batch is lost, and nothing is found': async () =>
    statusOfCampaign({ ...campaign, executions: 0, lostBatches: [lostBatch] }),
  'fuzz: no execution is complete': run(...fuzz(assumes, 'assumes')),
  'corpus merge: nothing is found in any of the campaigns': inTurn(
    fuzz(right, 'r1', '--shard', '1/2'),
    fuzz(right, 'r2', '--shard', '2/2'),
    ['corpus', 'merge', 'r1', 'r2'],
  ),
  'corpus merge: a finding in one of them': inTurn(
    fuzz(wrong, 'w1', '--shard', '1/2'),
    fuzz(wrong, 'w2', '--shard', '2/2'),
    ['corpus', 'merge', 'w1', 'w2'],
  ),
  'corpus merge: a batch of one of them is lost, and nothing is found': async () =>
    statusOfCampaign({ ...campaign, lostBatches: [lostBatch] }),
  'corpus merge: no execution of any of them is complete': inTurn(
    fuzz(assumes, 'a1', '--shard', '1/2'),
    fuzz(assumes, 'a2', '--shard', '2/2'),
    ['corpus', 'merge', 'a1', 'a2'],
  ),
  'replay: no property is violated, also where the finding names one': run('replay', 'ring:0x3'),
  'replay: a property is violated': run('replay', `${wrong}:0,1`),
  'replay: `--on workers` gives another result than the explorer': async () => {
    Object.assign(globalThis, { isExplorer: true });
    const { status } = await gfnringHere('replay', `${differs}:0,1`, '--on', 'workers');
    Object.assign(globalThis, { isExplorer: undefined });
    return status;
  },
  'report: the report is written, whatever it says': inTurn(
    ['explore', wrong, '--dir', 'found', '--json'],
    fuzz(wrong, 'reported'),
    ['report', 'reported', '--html', 'reported.html'],
  ),
  'report: the report is written, but a finding of the campaign cannot be read': async () => {
    await gfnringHere(...fuzz(right, 'partly'));
    mkdirSync(join(folder, 'partly/findings'), { recursive: true });
    write('partly/findings/broken.json', '{');
    const { status, stderr } = await gfnringHere('report', 'partly', '--html', 'partly.html');
    expect(stderr).toMatch(/^gfnring: a finding is left out: [^\n]*broken\.json[^\n]*\n$/);
    expect(readFileSync(join(folder, 'partly.html'), 'utf8')).toMatch(/"unreadable":\["[^"]*broken\.json/);
    return status;
  },
  'report: no format is chosen': run('report', 'nowhere.json'),
  'kernel: as `check`; findings in known defects count too': check('dirty-ring@5.11/host-write'),
  'kernel: `--accept-known`, and all findings are known defects': check('dirty-ring@5.11/host-write', {
    acceptKnown: true,
  }),
  'kernel: `--accept-known`, and a scenario that is to be proved reaches a limit': check('ring', {
    acceptKnown: true,
    seconds: 0.001,
  }),
  'kernel --before, kernel --patch: no new finding, whatever is gone or was there': patched('free-in-batches', 'wrap'),
  'kernel --before, kernel --patch: a new finding': patched('free-early', 'full-ring'),
  'kernel --patch: a hunk does not apply, or nothing that the patch changes is compiled': run(
    ...['kernel', '--kdir', TREE, '--file', 'virt/kvm/gfnring.c', '--patch', write('new.patch', NEW_FILE)],
  ),
  'kernel --before, kernel --patch: no new finding, and a scenario is undecided after': patched(
    ...['free-early', 'full-ring', '--seconds', '0.001'],
  ),
  'kernel --patch: no new finding, and no line of code that the patch adds is executed': run(
    ...['kernel', '--kdir', TREE, '--file', 'virt/kvm/gfnring.c', 'wrap', '--patch', write('far.patch', FAR)],
  ),
  'kernel conformance: all operations agree': () => compare(kernel),
  'kernel conformance: an operation disagrees': () =>
    compare([kernel[0], kernel[1].with(0, { ...kernel[1][0], returned: 99 })]),
  'kernel conformance: a tool is missing, or the machine stops early': async () =>
    conformance({}, '--lists', '1').status,
  'kernel confirm: nothing is lost with the schedule': async () => statusOfConfirmation(performed(true)),
  'kernel confirm: a write is lost': async () => statusOfConfirmation(performed(false)),
  'kernel confirm: a tool is missing, or the machine stops early': async () => confirm({}, await b20Finding()).status,
  'prove: all properties are proved': run('prove', '--tracker', 'dirty-bitmap'),
  'prove: a property is violated': run('prove', '--tracker', 'dirty-ring@6.17'),
  'prove: the time or the memory is used up, or what must happen never does': run('prove', '--seconds', '0.001'),
  'litmus: each test that is read agrees, or its disagreement is explained': run(
    ...['litmus', litmusTest('agrees', STORE_BUFFERING, 'exists (0:r0=0 /\\ 1:r0=0)', 'Never'), '--memory-model', 'sc'],
  ),
  'litmus: a disagreement is not explained': run(
    ...['litmus', litmusTest('differs', STORE_BUFFERING, 'exists (0:r0=0)', 'Never'), '--memory-model', 'sc'],
  ),
  'litmus: the file is not supported, or no file of the folder is': run(
    'litmus',
    write('rcu.litmus', 'C c\n{}\nP0(int *x) { no_such_function(); }\nexists (x=0)\n'),
  ),
  'litmus: a test is not decided in time': run(
    ...['litmus', litmusTest('busy', BUSY, 'exists (x=9)', 'Never'), '--memory-model', 'sc', '--seconds', '0.2'],
  ),
  'init: the files are written, or there already': inTurn(['init'], ['init']),
  'init: the folder cannot be written': run('init', '/dev/null/folder'),
  'list, completion, bench: printed': inTurn(['list'], ['completion', 'bash']),
};

/** Rows that another test runs, because they need more than a folder. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'work: a signal stops it': 'test/campaign/queue.slow.test.ts',
  'work, fuzz --queue: Redis goes away': 'test/campaign/queue.slow.test.ts',
};

test('each row of the table is tested', () => {
  const named = rows.map(([command, situation]) => `${command}: ${situation}`);
  expect(named).toEqual([...new Set(named)]);
  expect(named.toSorted()).toEqual([...Object.keys(cases), ...Object.keys(ELSEWHERE)].toSorted());
});

test.each(rows.filter(([command, situation]) => `${command}: ${situation}` in cases))(
  '%s: %s: %i',
  async (command, situation, status) => {
    expect(await cases[`${command}: ${situation}`]()).toBe(status);
  },
);
