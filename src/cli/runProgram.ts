import { CommanderError } from 'commander';
import { createProgram } from './createProgram.ts';
import { isUsage, STATUS } from './errors.ts';

const program = await createProgram(process.argv[2]);

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}

function fail(error: unknown): void {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  const usage = error instanceof CommanderError || isUsage(error);
  process.exitCode = usage ? STATUS.usage : STATUS.harness;
  const message = error instanceof Error ? error.message.replace(/^error: /, '').replace(/\n+/g, ' ') : String(error);
  if (message === '(outputHelp)') process.stderr.write("gfnring: name a command: 'gfnring --help' lists them\n");
  else process.stderr.write(usage ? `gfnring: ${message}\n` : `gfnring: the harness itself failed: ${message}\n`);
}
