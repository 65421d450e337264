import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Mutant, mutants } from './mutants.ts';

/** Breaks one line of the subject and asks `check`: every one must turn red, and by its reproduce line again, here and on worker threads. */
const folder = mkdtempSync(join(tmpdir(), 'gfnring-broken-'));
const node = (...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', timeout: 100_000 });

beforeAll(() => {
  for (const name of ['package.json', 'tsconfig.json']) cpSync(name, join(folder, name));
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(mutants)(
  '$name',
  ({ file, from, to, scenario, seenBy }: Mutant) => {
    rmSync(join(folder, 'src'), { recursive: true, force: true });
    mkdirSync(join(folder, 'src'));
    cpSync('src', join(folder, 'src'), { recursive: true });
    const path = join(folder, 'src', file);
    const text = readFileSync(path, 'utf8');
    expect(text.split(from)).toHaveLength(2);
    writeFileSync(path, text.replace(from, to));
    node('node_modules/typescript/bin/tsc', '-b');
    const command = scenario ? ['explore', scenario, '--scheduler', 'exhaustive'] : ['check'];
    const check = node('dist/cli/main.js', ...command, '--quiet');
    expect(check.status, check.stdout + check.stderr).toBe(1);
    expect(/✗ \S+ .*?(?:VIOLATED|DEADLOCK|CRASHED): (.*)/.exec(check.stdout)?.[1]).toContain(seenBy);
    const finding = /gfnring replay (\S+)\n/.exec(check.stdout)![1];
    expect(node('dist/cli/main.js', 'replay', finding).status).toBe(1);
    const workers = node('dist/cli/main.js', 'replay', finding, '--on', 'workers');
    expect([workers.status, workers.stdout]).toEqual([1, expect.stringContaining('the same on')]);
  },
  120_000,
);
