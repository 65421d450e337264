import type { Argument, Command, Option } from 'commander';
import { suggested, type Values } from '../completionValues.ts';

export interface Flag {
  /** `--seed`, and before it `-h`, where there is a short form. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined: it takes no value. */
  readonly value: Values | undefined;
}

/** A command, as a shell has to know it. */
export interface CommandPath {
  /** The words that lead there: `corpus merge`; none for the program itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly flags: readonly Flag[];
  readonly values: readonly Values[];
  /** Whether the last value can come again. */
  readonly variadic: boolean;
}

/** Placeholders of values that are no paths, and of which no more is known. */
const NO_PATHS = ['n', 'i', 'i/n', 'seconds', 'url', 'kinds', 'name', 'command'];

/** `dir` of `--dir <dir>`, `names` of `[names...]`. */
export const placeholderOf = (value: Argument | Option): string =>
  'flags' in value ? (/[<[](.+)[>\]]$/.exec(value.flags)?.[1] ?? '') : value.name();

/** Choices; else what is suggested; else paths, where the placeholder says nothing else. */
export function valuesOf(value: Argument | Option): Values {
  if (value.argChoices !== undefined) return { words: value.argChoices, paths: false };
  return suggested(value) ?? { words: [], paths: !NO_PATHS.includes(placeholderOf(value)) };
}

/** The program and all of its commands. */
export function commandTree(program: Command): CommandPath[] {
  const walk = (command: Command, path: readonly string[]): CommandPath[] => {
    const help = command.createHelp();
    const subcommands = help.visibleCommands(command);
    const commands = subcommands.map((of) => ({ name: of.name(), description: of.description() }));
    const place: CommandPath = {
      path: path.join(' '),
      commands,
      flags: help.visibleOptions(command).map((option) => ({
        names: [option.short ?? [], option.long ?? []].flat(),
        description: option.description,
        value: option.required || option.optional ? valuesOf(option) : undefined,
      })),
      values: command.registeredArguments.map(valuesOf),
      variadic: command.registeredArguments.at(-1)?.variadic ?? false,
    };
    const words = commands.map(({ name }) => name);
    return [
      place,
      ...subcommands
        .flatMap((of) => walk(of, [...path, of.name()]))
        // Commander's own, which does not say what it can be asked for.
        .map((of) => (of.path === [...path, 'help'].join(' ') ? { ...of, values: [{ words, paths: false }] } : of)),
    ];
  };
  return walk(program, []);
}
