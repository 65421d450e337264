#!/usr/bin/env node
import { commandList } from './commandList.ts';
import { STATUS } from './status.ts';

process.stdout.on('error', () => process.exit(STATUS.harness)); // a closed pipe

const args = process.argv.slice(2);
const [name = ''] = args;
const isSupervised = Object.hasOwn(commandList, name) && commandList[name].supervised;

// A debugger stops the first thread only.
if (isSupervised && !args.includes('--inspect-brk')) {
  const { supervise } = await import('./supervise.ts');
  supervise(args, memoryLimit());
} else {
  process.on('SIGINT', () => process.exit(STATUS.interrupted)).on('SIGTERM', () => process.exit(STATUS.interrupted));
  const { runCommandLine } = await import('./runCommandLine.ts');
  await runCommandLine(args);
}

/** Read before commander reads the options, which then reports a wrong number. */
function memoryLimit(): number | undefined {
  const [, megabytes] = /(?:^|\n)--memory[=\n](\d{1,7})(?:\n|$)/.exec(args.join('\n')) ?? [];
  return megabytes === undefined ? undefined : Number(megabytes);
}
