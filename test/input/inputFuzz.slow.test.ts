import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyFolder, type Run, runHere } from '../commandLine.ts';
import { type Mutation, mutation } from './fileMutations.ts';
import { mutate, type ValidFile, writeValidFiles } from './validFiles.ts';

/** How many inputs are tried; `GFNRING_INPUTS` multiplies it. */
const INPUTS = 250 * Number(process.env.GFNRING_INPUTS ?? 1);
const SEED = Number(process.env.GFNRING_SEED ?? 1);
const SECONDS_MAX = 10;
const BYTES_MAX = 500 * 2 ** 20;

interface Input {
  readonly file: ValidFile;
  readonly command: readonly string[];
  readonly mutation: Mutation;
}

const valid = emptyFolder();
const folder = emptyFolder();
let files: readonly ValidFile[];
beforeAll(async () => {
  files = await writeValidFiles(valid);
}, 60_000);
afterAll(() => {
  for (const of of [valid, folder]) rmSync(of, { recursive: true, force: true });
});

const inputs = (files: readonly ValidFile[]): fc.Arbitrary<Input> =>
  fc
    .constantFrom(...files)
    .chain((file) => fc.record({ file: fc.constant(file), command: fc.constantFrom(...file.commands), mutation }));

/** Runs a command on a file that was mutated. */
async function tryInput({ file, command, mutation: change }: Input): Promise<Run> {
  const here = join(folder, 'input');
  rmSync(here, { recursive: true, force: true });
  mkdirSync(here);
  // If the command does not end, this says which it was.
  writeFileSync(join(folder, 'last.json'), JSON.stringify({ file: file.name, command, change }));
  const [top] = file.name.split('/');
  cpSync(join(valid, top), join(here, top), { recursive: true });
  if (command[0] === 'corpus') cpSync(join(valid, 'other'), join(here, 'other'), { recursive: true });
  mutate(here, file, change);
  return runHere(here, ...command);
}

/** What is wrong with the end of a command; undefined: nothing. */
function wrong({ status, stdout, stderr }: Run): string | undefined {
  const lines = stderr.split('\n').slice(0, -1);
  if (![0, 1, 2, 4].includes(status!)) return `status ${status}: ${stderr}`;
  if (status === 2 && !(lines.length === 1 && lines[0].startsWith('gfnring: '))) return `not one line: ${stderr}`;
  if (lines[0]?.length > 1000) return `a line of ${lines[0].length} characters`;
  if (/\n {4}at /.test(stdout + stderr)) return `a stack trace: ${stdout}${stderr}`;
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test((stdout + stderr).replaceAll('\n', '')))
    return `control characters: ${JSON.stringify(stdout + stderr)}`;
  return undefined;
}

async function tryInputs(files: readonly ValidFile[], numRuns: number): Promise<void> {
  const statuses: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(inputs(files), async (input) => {
      const start = performance.now();
      // Not that of all inputs together: Node keeps each module that was ever loaded.
      const memory = process.memoryUsage.rss();
      const run = await tryInput(input);
      expect(wrong(run)).toBeUndefined();
      expect((performance.now() - start) / 1000).toBeLessThan(SECONDS_MAX);
      expect(process.memoryUsage.rss() - memory).toBeLessThan(BYTES_MAX);
      statuses[run.status!] = (statuses[run.status!] ?? 0) + 1;
    }),
    { numRuns, seed: SEED },
  );
  console.log(`${numRuns} inputs, by exit status:`, statuses);
}

const MILLISECONDS = 600_000 + INPUTS * 1000;
test('every mutation of a valid file is read, or refused in one line', () => tryInputs(files, INPUTS), MILLISECONDS);

test(
  'every mutation of a C file is compiled, or refused in one line',
  () => {
    const name = 'kernel/virt/kvm/gfnring.c';
    const options = ['--kdir', 'kernel', '--file', 'virt/kvm/gfnring.c', '--seconds', '0.2', '--dir', 'out', '--quiet'];
    return tryInputs(
      [{ name, form: 'text', commands: [['kernel', 'ring', ...options]] }],
      Math.max(5, Math.ceil(INPUTS / 200)),
    );
  },
  MILLISECONDS,
);
