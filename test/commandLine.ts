import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { PATCH_VARIABLE } from '../selftest/patch/variable.ts';
import { runCommandLine } from '../src/cli/runCommandLine.ts';

/** The program, as users run it. Intentional bugs are patches of the single modules. */
export const main = join(process.cwd(), PATCH_VARIABLE in process.env ? 'dist' : 'bundle', 'cli/main.js');

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node with these arguments. */
export function runNode(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { ...options, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Runs the command line in a folder, in a process of its own. */
export const runIn = (folder: string, ...args: readonly string[]): Run => runNode([main, ...args], { cwd: folder });

/** Signals that campaigns listen to. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Runs the command line in a folder, in this process: see `runInProcess`. */
export const runHere = (folder: string, ...args: readonly string[]): Promise<Run> =>
  runInProcess(folder, () => runCommandLine(args));

/**
 * Runs a command in a folder, in this process. A process takes longer to start than most commands
 * run. Only one may run at a time: output, folder and status are those of the process.
 */
export async function runInProcess(folder: string, command: () => Promise<void>): Promise<Run> {
  const written: { readonly [stream in 'stdout' | 'stderr']: string[] } = { stdout: [], stderr: [] };
  const { stdout, stderr, exitCode } = process;
  const [before, writeOut, writeErr] = [process.cwd(), stdout.write, stderr.write];
  stdout.write = (text: unknown) => written.stdout.push(String(text)) > 0;
  stderr.write = (text: unknown) => written.stderr.push(String(text)) > 0;
  const listeners = SIGNALS.map((signal) => process.listeners(signal));
  process.exitCode = undefined;
  process.chdir(folder);
  try {
    await command();
    return { status: Number(process.exitCode ?? 0), stdout: written.stdout.join(''), stderr: written.stderr.join('') };
  } finally {
    process.chdir(before);
    Object.assign(stdout, { write: writeOut });
    Object.assign(stderr, { write: writeErr });
    process.exitCode = exitCode;
    for (const [i, signal] of SIGNALS.entries()) {
      process.removeAllListeners(signal);
      for (const listener of listeners[i]) process.on(signal, listener);
    }
  }
}

/** Starts the command line in a folder. `ended` is its result; it has no status after a signal. */
export function startIn(folder: string, ...args: readonly string[]): { child: ChildProcess; ended: Promise<Run> } {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (text) => {
      printed[stream] += text;
    });
  return { child, ended: once(child, 'close').then(([status]) => ({ status, ...printed })) };
}

/** A new empty folder, which stays. */
export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'gfnring-'));

/**
 * A folder for the tests of a file, the command line in it, and paths and files in it. It is
 * removed after them. Call it in the test file: a module that several import is loaded once.
 */
export function temporaryFolder() {
  const folder = emptyFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  return {
    folder,
    path,
    gfnring: (...args: readonly string[]): Run => runIn(folder, ...args),
    gfnringHere: (...args: readonly string[]): Promise<Run> => runHere(folder, ...args),
    /** Writes a text, or a value as JSON. Returns the path. */
    write: (name: string, content: unknown): string => {
      writeFileSync(path(name), typeof content === 'string' ? content : JSON.stringify(content));
      return path(name);
    },
  };
}
