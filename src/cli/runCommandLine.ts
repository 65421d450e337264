import { CommanderError } from 'commander';
import { SCHEMA } from '../input/schema.ts';
import { describeThrown } from '../input/show.ts';
import { moduleToBlame } from '../process/moduleToBlame.ts';
import { isStopRequested } from '../process/stopRequest.ts';
import { setConsent } from '../run/consent.ts';
import { createConsent } from './askConsent.ts';
import { commandList } from './commandList.ts';
import { createProgram } from './createProgram.ts';
import { isUsageError } from './errors.ts';
import { printError, printJson } from './output.ts';
import { STATUS } from './status.ts';

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
    if (isInterrupted(args)) process.exitCode = STATUS.interrupted;
  } catch (error) {
    if (isInterrupted(args)) interrupted(args);
    else fail(error);
  } finally {
    setConsent();
  }
}

/** Whether a signal asked a command to stop, so that all it says is of what it did before. */
const isInterrupted = (args: readonly string[]): boolean => isStopRequested() && !commandList[args[0]]?.isService;

/** Ends a command that was asked to stop and failed. The error may follow from the request. */
function interrupted(args: readonly string[]): void {
  process.exitCode = STATUS.interrupted;
  if (args.includes('--json')) printJson({ schema: SCHEMA, outcome: 'interrupted' });
  else printError('gfnring: interrupted');
}

/** Prints an error in one line and sets the exit status. */
function fail(error: unknown): void {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  const usage = error instanceof CommanderError || isUsageError(error);
  const module = usage ? undefined : moduleToBlame(error);
  process.exitCode = usage || module !== undefined ? STATUS.usage : STATUS.harness;
  if (module !== undefined) printError(`gfnring: ${module} throws ${describeThrown(error)}`);
  else printError(`gfnring: ${usage ? '' : 'the harness itself failed: '}${describe(error)}`);
}

function describe(error: unknown): string {
  // Commander shows the help when no command is named.
  if (error instanceof CommanderError && error.code === 'commander.help')
    return "name a command: 'gfnring --help' lists them";
  return error instanceof Error ? error.message.replace(/^error: /, '') : String(error);
}
