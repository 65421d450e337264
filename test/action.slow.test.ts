import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from './commandLine.ts';

/** The GitHub Action, whose steps are run as GitHub does. */
interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}
const action: Action = parse(readFileSync('action.yml', 'utf8'));

const { folder, path, write } = temporaryFolder();

beforeAll(() => {
  mkdirSync(path('node_modules/.bin'), { recursive: true });
  symlinkSync(resolve('bin/gfnring.js'), path('node_modules/.bin/gfnring'));
  mkdirSync(path('scenarios/deep'), { recursive: true });
  cpSync('examples/lost-update.mjs', path('scenarios/lost-update.mjs'));
  cpSync('examples/sb.mjs', path('scenarios/deep/sb.mjs'));
});

interface Ran {
  readonly status: number;
  readonly printed: string;
  /** What the action uploads. */
  readonly uploads: readonly Readonly<Record<string, string>>[];
  readonly findings: string | undefined;
}

/** Runs all steps, until one fails. */
function runAction(given: Readonly<Record<string, string>>): Ran {
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, of]) => [name, given[name] ?? of.default]),
  );
  const outputs: Record<string, Record<string, string>> = {};
  const evaluate = (text: string): string =>
    text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
      const [, unequal, to] = /^(.*) != '(.*)'$/.exec(expression) ?? [];
      const [scope, id, , name] = (unequal ?? expression).split('.');
      const value = scope === 'inputs' ? inputs[id] : outputs[id]?.[name];
      return unequal === undefined ? (value ?? '') : `${value !== to}`;
    });
  const evaluateAll = (of: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, evaluate(value)]));
  let printed = '';
  const uploads: Record<string, string>[] = [];
  for (const step of action.runs.steps) {
    if (step.if !== undefined && evaluate(step.if) !== 'true') continue;
    if (step.uses !== undefined) {
      uploads.push({ uses: step.uses, ...evaluateAll(step.with) });
      continue;
    }
    const output = path('output');
    writeFileSync(output, '');
    const env = { ...process.env, ...evaluateAll(step.env), GITHUB_OUTPUT: output, NO_COLOR: '1' };
    const shell = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run!];
    const { status, stdout, stderr } = spawnSync('bash', shell, { cwd: folder, env, encoding: 'utf8' });
    printed += stdout + stderr;
    const lines = readFileSync(output, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    if (step.id !== undefined) outputs[step.id] = Object.fromEntries(lines.map((line) => line.split('=')));
    if (status !== 0) return { status: status ?? -1, printed, uploads, findings: outputs.explore?.findings };
  }
  return { status: 0, printed, uploads, findings: outputs.explore?.findings };
}

test('nothing is found: status 0, and no artifact', () => {
  const { status, printed, uploads, findings } = runAction({ scenarios: 'scenarios/deep/*.mjs', reports: 'none' });
  expect({ status, uploads, findings }).toEqual({ status: 0, uploads: [], findings: '0' });
  expect(printed).toMatch(/✓ sb .* proved/);
}, 120_000);

test('a finding is annotated at its line, and is a page of the artifact', () => {
  const { status, printed, uploads, findings } = runAction({
    scenarios: 'scenarios/**/*.mjs',
    'memory-models': 'sc rc11',
    reports: 'out',
    artifact: 'pages',
  });
  expect({ status, findings }).toEqual({ status: 1, findings: '3' });
  expect(printed).toMatch(
    /^::error file=scenarios\/lost-update\.mjs,line=\d+,col=\d+,title=.*::.* \(lost-update\)\. Reproduce: npx gfnring replay out\/findings\/lost-update-\w+\.json$/m,
  );
  expect(printed).toMatch(/^::error file=scenarios\/deep\/sb\.mjs,line=\d+/m);
  expect(uploads).toEqual([{ uses: 'actions/upload-artifact@v4', name: 'pages', path: 'out' }]);
  const [, name] = /out\/findings\/(lost-update-\w+)\.json/.exec(printed)!;
  expect(readFileSync(join(folder, `out/${name}.html`), 'utf8')).toContain('id="data">{"kind":"interleaving"');
}, 180_000);

test('what is undecided, does not load or is not there is no pass', () => {
  const undecided = runAction({ scenarios: 'scenarios/lost-update.mjs', options: '--steps 1', reports: 'limit' });
  expect(undecided).toMatchObject({ status: 4, uploads: [], findings: '0' });
  expect(undecided.printed).toContain('::warning file=scenarios/lost-update.mjs,title=undecided under sc::');
  write('broken.mjs', 'throw 1;');
  expect(runAction({ scenarios: 'broken.mjs' })).toMatchObject({
    status: 2,
    printed: expect.stringContaining(
      '::error file=broken.mjs,title=gfnring::the exploration under sc ended with status 2',
    ),
  });
  expect(runAction({ scenarios: 'nowhere/*.mjs' })).toMatchObject({ status: 2, findings: '0' });
  expect(runAction({ scenarios: 'nowhere.mjs' }).printed).toContain('there is no file nowhere.mjs');
  expect(existsSync(path('none'))).toBe(false);
}, 180_000);
