import type { CompletionValues } from '../completionValues.ts';
import type { CommandNode, Flag } from './commandTree.ts';

/**
 * The script for zsh. It is sourced after compinit, or is the file `_gfnring` in a folder of fpath.
 */
export function formatZshScript(commands: readonly CommandNode[], header: string): string {
  return `#compdef gfnring
${header}
${commands.map(formatCommand).join('\n')}
if [[ $funcstack[1] == _gfnring ]]; then
  _gfnring "$@"
else
  compdef _gfnring gfnring
fi
`;
}

const functionName = (path: string): string => ['_gfnring', ...path.split(' ').filter(Boolean)].join('_');

/**
 * One function for each command. It calls the function of a subcommand for the words after that.
 */
function formatCommand({ path, commands, flags, args, variadic }: CommandNode): string {
  const name = functionName(path);
  const helpers: string[] = [];
  /**
   * An action of _arguments that offers values: a list, or a helper function if there are paths
   * too.
   */
  const formatAction = ({ words, paths }: CompletionValues): string => {
    const list = `(${words.join(' ')})`;
    if (!paths) return words.length > 0 ? list : ' ';
    if (words.length === 0) return '_files';
    const helper = `${name}__${helpers.length}`;
    helpers.push(`${helper}() { _alternative ${quote(`names:name:${list}`)} 'paths:path:_files' }`);
    return helper;
  };
  const subcommands = `${name}__commands`;
  const specs = [
    ...flags.map((flag) => formatFlag(flag, formatAction)),
    ...(commands.length > 0 ? [`'1: :${subcommands}'`] : []),
    ...args.flatMap((values, i) => {
      if (i === 0 && commands.length > 0 && !variadic) return [];
      const position = variadic && i === args.length - 1 ? '*' : i + 1;
      return quote(`${position}: :${formatAction(values)}`);
    }),
  ];
  return [
    ...helpers,
    ...(commands.length > 0 ? [formatSubcommands(subcommands, commands, args[0])] : []),
    `${name}() {`,
    ...formatDispatch(path, commands),
    `  _arguments -S : \\\n    ${specs.join(' \\\n    ')}`,
    '}',
  ].join('\n');
}

function formatDispatch(path: string, commands: CommandNode['commands']): string[] {
  if (commands.length === 0) return [];
  const branches = commands.map(
    ({ name }) => `      ${name}) shift words; (( CURRENT-- )); ${functionName(`${path} ${name}`)}; return ;;`,
  );
  return ['  if (( CURRENT > 2 )); then', '    case $words[2] in', ...branches, '    esac', '  fi'];
}

function formatFlag({ names, description, value }: Flag, formatAction: (values: CompletionValues) => string): string {
  const spec = `[${description.replace(/[[\]\\:]/g, '\\$&')}]${value ? `: :${formatAction(value)}` : ''}`;
  const [first] = names;
  // Both `--seed 7` and `--seed=7`.
  if (names.length === 1) return quote(`${first}${value ? '=' : ''}${spec}`);
  return `'(${names.join(' ')})'{${names.join(',')}}${quote(spec)}`;
}

/**
 * A function that offers subcommands with descriptions, and the values that may stand in their
 * place.
 */
function formatSubcommands(
  name: string,
  commands: CommandNode['commands'],
  values: CompletionValues | undefined,
): string {
  const described = commands.map(({ name, description }) => quote(`${name}:${description.replace(/[:\\]/g, '\\$&')}`));
  return `${name}() {
  local -a commands=(
    ${described.join('\n    ')}
  )
  _describe -t commands command commands${values ? `\n  compadd -- ${values.words.join(' ')}` : ''}
}`;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
