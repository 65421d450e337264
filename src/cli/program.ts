import { Command, CommanderError } from 'commander';
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
/** By name, in the order in which help lists them. Only what is called is loaded: all of it takes as long as many a command. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./commands/check.ts')).checkCommand(),
  explore: async () => (await import('./commands/explore.ts')).exploreCommand(),
  fuzz: async () => (await import('./commands/fuzz.ts')).fuzzCommand(),
  corpus: async () => (await import('./commands/corpus.ts')).corpusCommand(),
  work: async () => (await import('./commands/work.ts')).workCommand(),
  replay: async () => (await import('./commands/replay.ts')).replayCommand(),
  report: async () => (await import('./commands/report.ts')).reportCommand(),
  stress: async () => (await import('./commands/stress.ts')).stressCommand(),
  canaries: async () => (await import('./commands/canaries.ts')).canariesCommand(),
  kernel: async () => (await import('./commands/kernel/kernel.ts')).kernelCommand(),
  litmus: async () => (await import('./commands/litmus.ts')).litmusCommand(),
  list: async () => (await import('./commands/list.ts')).listCommand(),
  bench: async () => (await import('./commands/bench.ts')).benchCommand(),
};
const called = process.argv[2] ?? '';
for (const name of Object.hasOwn(commands, called) ? [called] : Object.keys(commands))
  program.addCommand(await commands[name]());
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
