import { type Argument, Command, type Option } from 'commander';

interface CommandDefinition {
  readonly name: string;
  readonly description: string;
  readonly args?: readonly Argument[];
  readonly options?: readonly Option[];
  readonly commands?: readonly Command[];
  /** A paragraph after the options in the help. */
  readonly note?: string;
  /** Two to four command lines without `gfnring`, and what each does. */
  readonly examples: Readonly<Record<string, string>>;
  /** Gets the arguments, then the options, then the command. Undefined for a group of commands. */
  // biome-ignore lint/suspicious/noExplicitAny: commander does not know these types
  readonly action?: (...args: any[]) => void | Promise<void>;
}

export function defineCommand({ name, description, note, examples, action, ...parts }: CommandDefinition): Command {
  const command = new Command(name).description(description);
  for (const argument of parts.args ?? []) command.addArgument(argument);
  for (const option of parts.options ?? []) command.addOption(option);
  for (const subcommand of parts.commands ?? []) command.addCommand(subcommand);
  if (note !== undefined) command.addHelpText('after', `\n${note}`);
  command.addHelpText('after', formatExamples(examples));
  return action === undefined ? command : command.action(action);
}

/** The end of a command's help. */
export function formatExamples(examples: CommandDefinition['examples']): string {
  const width = Math.max(...Object.keys(examples).map(({ length }) => length));
  const lines = Object.entries(examples).map(([line, what]) => `  gfnring ${line.padEnd(width)}  # ${what}`);
  return ['', 'Examples:', ...lines].join('\n');
}
