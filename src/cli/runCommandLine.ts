import { CommanderError } from 'commander';
import { isStopRequested } from '../process/stopRequest.ts';
import { setConsent } from '../run/consent.ts';
import { createConsent } from './askConsent.ts';
import { commandList } from './commandList.ts';
import { createProgram } from './createProgram.ts';
import { isUsageError } from './errors.ts';
import { printError } from './output.ts';
import { STATUS } from './status.ts';

/** A longer message is cut: it quotes a text of the user. */
const MESSAGE_MAX = 1000;

/**
 * Runs a command line and sets the exit status of the process.
 *
 * @param args without the program: `['explore', 'ring']`.
 */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const program = await createProgram(args[0]);
  program.hook('preAction', (_, command) =>
    setConsent(createConsent(command.opts<{ trust?: boolean }>().trust === true)),
  );
  try {
    await program.parseAsync(args, { from: 'user' });
    if (isStopRequested() && !commandList[args[0]]?.isService) process.exitCode = STATUS.interrupted;
  } catch (error) {
    fail(error);
  } finally {
    setConsent();
  }
}

/** Prints an error in one line and sets the exit status. */
function fail(error: unknown): void {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  const usage = error instanceof CommanderError || isUsageError(error);
  process.exitCode = usage ? STATUS.usage : STATUS.harness;
  printError(`gfnring: ${usage ? '' : 'the harness itself failed: '}${describe(error)}`);
}

function describe(error: unknown): string {
  // Commander shows the help when no command is named.
  if (error instanceof CommanderError && error.code === 'commander.help')
    return "name a command: 'gfnring --help' lists them";
  const message = error instanceof Error ? error.message.replace(/^error: /, '') : String(error);
  return message.length > MESSAGE_MAX ? `${message.slice(0, MESSAGE_MAX)} …` : message;
}
