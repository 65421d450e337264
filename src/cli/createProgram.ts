import { Command } from 'commander';
import { commandList } from './commandList.ts';
import { formatExamples } from './defineCommand.ts';
import { STATUS, STATUS_MEANING } from './status.ts';
import { packageVersion } from './version.ts';

/**
 * The program.
 *
 * @param called the first word of the command line. If it names a command, only that one is loaded,
 * as loading all of them takes as long as many commands run. Otherwise all are loaded.
 */
export async function createProgram(called = ''): Promise<Command> {
  const program = new Command('gfnring')
    .enablePositionalOptions() // else `kernel` would take the options of `kernel conformance`
    .description('Decides whether a dirty-page tracking protocol is correct under every interleaving.')
    .version(packageVersion)
    .addHelpText('after', `\nExit status: ${formatStatuses()}.`)
    .addHelpText(
      'after',
      formatExamples({
        check: "every built-in scenario of the mail's ring",
        'explore ./examples/lost-update.mjs --scheduler exhaustive': 'every interleaving of a scenario of your own',
        'fuzz --seconds 600': 'a campaign of ten minutes',
        'help explore': 'arguments and options of a command',
      }),
    );
  for (const name of namesToLoad(called)) program.addCommand(await commandList[name].load());
  for (const command of commandsOf(program)) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
    command.showSuggestionAfterError();
  }
  return program;
}

function namesToLoad(called: string): string[] {
  if (called === '--version' || called === '-V') return [];
  // Completion is generated from all commands.
  if (Object.hasOwn(commandList, called) && called !== 'completion') return [called];
  return Object.keys(commandList);
}

/** A command and all commands below it. */
export const commandsOf = (command: Command): Command[] => [command, ...command.commands.flatMap(commandsOf)];

const formatStatuses = (): string =>
  Object.entries(STATUS_MEANING)
    .map(([name, meaning]) => `${STATUS[name as keyof typeof STATUS]} ${meaning}`)
    .join(', ');
