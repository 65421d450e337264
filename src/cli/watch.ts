import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { plural } from '../report/format.ts';
import { importedFiles } from './importedFiles.ts';
import { printError } from './output.ts';
import { STATUS } from './status.ts';

const POLL_MS = 200;

/**
 * `explore FILE --watch`: explores again in a new process whenever the module changes, or a file
 * that it imports. A run that has not ended is ended. Returns what to do at a signal.
 */
export function watch(args: readonly string[]): () => void {
  const module = args.slice(1).find(isModule);
  if (module === undefined) {
    printError('gfnring: --watch needs the path of a module: gfnring explore ./counter.mjs --watch');
    process.exit(STATUS.usage);
  }
  const path = resolve(module);
  const command = [process.argv[1], ...args.filter((arg) => arg !== '--watch')];
  let stamps = new Map<string, string>();
  let run: ChildProcess | undefined;
  const start = (): void => {
    const files = importedFiles(path);
    stamps = new Map(files.map((file) => [file, stampOf(file)]));
    const started = spawn(process.execPath, command, { stdio: 'inherit' });
    run = started;
    started.on('close', () => {
      if (run !== started) return;
      run = undefined;
      printError(`watching ${plural(files.length, 'file')}; Ctrl-C ends`);
    });
  };
  start();
  setInterval(() => {
    if ([...stamps].every(([file, stamp]) => stampOf(file) === stamp)) return;
    run?.kill();
    start();
  }, POLL_MS);
  return () => {
    run?.kill();
    process.exit(STATUS.interrupted);
  };
}

const isModule = (arg: string): boolean =>
  /\.[cm]?[jt]s$/.test(arg) && statSync(arg, { throwIfNoEntry: false })?.isFile() === true;

function stampOf(file: string): string {
  const { mtimeMs, size, ino } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size} ${ino}`;
}
