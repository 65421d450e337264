import type { Argument, Command, Option } from 'commander';
import { type CompletionValues, getCompletionValues } from '../completionValues.ts';

/** An option of a command. */
export interface Flag {
  /** `--seed`; before it the short form, if there is one. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined: the option takes no value. */
  readonly value: CompletionValues | undefined;
}

/** A command, as a completion script needs it. */
export interface CommandNode {
  /** The words that call it: `corpus merge`; empty for the program. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly flags: readonly Flag[];
  /** One for each argument. */
  readonly args: readonly CompletionValues[];
  /** Whether the last argument can be repeated. */
  readonly variadic: boolean;
}

/** Placeholders of values that are not paths. */
const NO_PATHS = ['n', 'i', 'i/n', 'seconds', 'url', 'kinds', 'name', 'command'];

/** `dir` of `--dir <dir>`, `names` of `[names...]`. */
export const placeholderOf = (value: Argument | Option): string =>
  'flags' in value ? (/[<[](.+)[>\]]$/.exec(value.flags)?.[1] ?? '') : value.name();

/** The choices of a value, or what was set for it, or paths if the placeholder allows them. */
export function valuesOf(value: Argument | Option): CompletionValues {
  if (value.argChoices !== undefined) return { words: value.argChoices, paths: false };
  return getCompletionValues(value) ?? { words: [], paths: !NO_PATHS.includes(placeholderOf(value)) };
}

/** The program and all of its commands. */
export function collectCommands(program: Command): CommandNode[] {
  const visit = (command: Command, path: readonly string[]): CommandNode[] => {
    const help = command.createHelp();
    const subcommands = help.visibleCommands(command);
    const commands = subcommands.map((child) => ({ name: child.name(), description: child.description() }));
    const node: CommandNode = {
      path: path.join(' '),
      commands,
      flags: help.visibleOptions(command).map((option) => ({
        names: [option.short ?? [], option.long ?? []].flat(),
        description: option.description,
        value: option.required || option.optional ? valuesOf(option) : undefined,
      })),
      args: command.registeredArguments.map(valuesOf),
      variadic: command.registeredArguments.at(-1)?.variadic ?? false,
    };
    const helpPath = [...path, 'help'].join(' ');
    const helpValues = [{ words: commands.map(({ name }) => name), paths: false }];
    const children = subcommands
      .flatMap((child) => visit(child, [...path, child.name()]))
      // Commander's own `help` does not name its choices.
      .map((child) => (child.path === helpPath ? { ...child, args: helpValues } : child));
    return [node, ...children];
  };
  return visit(program, []);
}
