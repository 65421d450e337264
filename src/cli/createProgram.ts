import { Command } from 'commander';
import { MEANING, STATUS } from './errors.ts';
import { examples } from './examples.ts';
import { packageVersion } from './version.ts';

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
  kernel: async () => (await import('./commands/kernel/kernel.ts')).kernelCommand(),
  litmus: async () => (await import('./commands/litmus.ts')).litmusCommand(),
  list: async () => (await import('./commands/list.ts')).listCommand(),
  bench: async () => (await import('./commands/bench.ts')).benchCommand(),
  completion: async () => (await import('./commands/completion.ts')).completionCommand(),
};

/** The program with one command, or with all where none of that name is known. */
export async function createProgram(called = ''): Promise<Command> {
  const program = new Command('gfnring')
    .enablePositionalOptions() // else `kernel` would take the options of `kernel conformance`
    .description('Decides whether a dirty-page tracking protocol is right under every interleaving.')
    .version(packageVersion)
    .addHelpText('after', `\nExit status: ${statuses()}.`)
    .addHelpText(
      'after',
      examples({
        check: "every built-in scenario of the mail's ring",
        'explore ./examples/lost-update.mjs --scheduler exhaustive': 'every interleaving of a scenario of your own',
        'fuzz --seconds 600': 'a campaign, for ten minutes',
        'help explore': 'what a command takes',
      }),
    );
  const alone = Object.hasOwn(commands, called) && called !== 'completion'; // which tells of all
  for (const name of alone ? [called] : Object.keys(commands)) program.addCommand(await commands[name]());
  for (const command of commandsOf(program)) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
    command.showSuggestionAfterError();
  }
  return program;
}

/** The program, its commands and theirs. */
export const commandsOf = (command: Command): Command[] => [command, ...command.commands.flatMap(commandsOf)];

const statuses = (): string =>
  Object.entries(MEANING)
    .map(([of, meaning]) => `${STATUS[of as keyof typeof STATUS]} ${meaning}`)
    .join(', ');
