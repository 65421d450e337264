#!/usr/bin/env node
import { commandList } from './commandList.ts';
import { STATUS } from './status.ts';

// First of all, because a signal may come at once.
let interrupt = (): void => process.exit(STATUS.interrupted);
process.on('SIGINT', () => interrupt()).on('SIGTERM', () => interrupt());
process.stdout.on('error', () => process.exit(STATUS.harness)); // a closed pipe

const args = process.argv.slice(2);
const [name = ''] = args;
const isSupervised = Object.hasOwn(commandList, name) && commandList[name].supervised;

if (name === 'explore' && args.includes('--watch') && !args.includes('--help')) {
  const { watch } = await import('./watch.ts');
  interrupt = watch(args);
  // A debugger stops the first thread only.
} else if (isSupervised && !args.includes('--inspect-brk')) {
  const { supervise } = await import('./supervise.ts');
  interrupt = supervise(args);
} else {
  const { runCommandLine } = await import('./runCommandLine.ts');
  await runCommandLine(args);
}
