#!/usr/bin/env node
import { Worker } from 'node:worker_threads';
import { commandList } from './commandList.ts';
import { STATUS } from './status.ts';

process.on('SIGINT', () => process.exit(STATUS.interrupted));
process.stdout.on('error', () => process.exit(STATUS.harness)); // a closed pipe

const name = process.argv[2] ?? '';
const blocks = Object.hasOwn(commandList, name) && commandList[name].blocks;

// A debugger stops the first thread only.
if (!blocks || process.argv.includes('--inspect-brk')) await import('./runProgram.ts');
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
