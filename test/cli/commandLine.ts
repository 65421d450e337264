import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The program, as it was built. */
export const main = join(process.cwd(), 'dist/cli/main.js');

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in a folder. */
export function runIn(folder: string, ...args: readonly string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** A new temporary folder, the command line in it, and paths and files in it. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'gfnring-'));
  const path = (name: string): string => join(folder, name);
  return {
    folder,
    path,
    gfnring: (...args: readonly string[]): Run => runIn(folder, ...args),
    /** Writes a text, or a value as JSON. Returns the path. */
    write: (name: string, content: unknown): string => {
      writeFileSync(path(name), typeof content === 'string' ? content : JSON.stringify(content));
      return path(name);
    },
  };
}
