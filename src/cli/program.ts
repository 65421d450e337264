import { Command, CommanderError } from 'commander';
import { benchCommand } from './commands/bench.ts';
import { canariesCommand } from './commands/canaries.ts';
import { checkCommand } from './commands/check.ts';
import { corpusCommand } from './commands/corpus.ts';
import { exploreCommand } from './commands/explore.ts';
import { fuzzCommand } from './commands/fuzz.ts';
import { kernelCommand } from './commands/kernel/kernel.ts';
import { listCommand } from './commands/list.ts';
import { litmusCommand } from './commands/litmus.ts';
import { replayCommand } from './commands/replay.ts';
import { reportCommand } from './commands/report.ts';
import { stressCommand } from './commands/stress.ts';
import { workCommand } from './commands/work.ts';
import { isUsage, STATUS } from './errors.ts';
import { version } from './version.ts';

const program = new Command('gfnring')
  .enablePositionalOptions() // else `kernel` would take the options of `kernel conformance`
  .description('Decides whether a dirty-page tracking protocol is right under every interleaving.')
  .version(version)
  .addHelpText(
    'after',
    '\nExit status: 0 nothing found, 1 findings, 2 wrong usage, 3 the harness itself failed, 130 interrupted.',
  );
for (const command of [
  checkCommand(),
  exploreCommand(),
  fuzzCommand(),
  corpusCommand(),
  workCommand(),
  replayCommand(),
  reportCommand(),
  stressCommand(),
  canariesCommand(),
  kernelCommand(),
  litmusCommand(),
  listCommand(),
  benchCommand(),
])
  program.addCommand(command);
for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  command.showSuggestionAfterError();
}

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
