#!/usr/bin/env node
import { Worker } from 'node:worker_threads';
import { STATUS } from './errors.ts';

/** Commands that search for seconds on end without looking up: they have a thread of their own, so that this one hears Ctrl-C. */
const DEAF: readonly (string | undefined)[] = ['check', 'explore', 'replay', 'report', 'litmus', 'kernel'];

process.on('SIGINT', () => process.exit(STATUS.interrupted));
process.stdout.on('error', () => process.exit(STATUS.harness)); // a closed pipe

// A debugger stops the first thread only.
if (!DEAF.includes(process.argv[2]) || process.argv.includes('--inspect-brk')) await import('./runProgram.ts');
else {
  const worker = new Worker(new URL('./runProgram.js', import.meta.url), { argv: process.argv.slice(2) });
  worker.on('error', (error) => {
    process.stderr.write(`gfnring: the harness itself failed: ${error.message.replace(/\n+/g, ' ')}\n`);
    process.exitCode = STATUS.harness;
  });
  worker.on('exit', (status) => {
    process.exitCode ??= status;
  });
}
