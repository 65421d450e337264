import type { Values } from '../completionValues.ts';
import type { CommandPath, Flag } from './commandTree.ts';

/** The script for zsh: to be sourced after compinit, or a file `_gfnring` in a folder of fpath. */
export function zshScript(places: readonly CommandPath[], head: string): string {
  return `#compdef gfnring
${head}
${places.map(functionsOf).join('\n')}
if [[ $funcstack[1] == _gfnring ]]; then
  _gfnring "$@"
else
  compdef _gfnring gfnring
fi
`;
}

const nameOf = (path: string): string => ['_gfnring', ...path.split(' ').filter(Boolean)].join('_');

/** One function a command, which hands what stands behind a subcommand to the function of that one. */
function functionsOf({ path, commands, flags, values, variadic }: CommandPath): string {
  const own = nameOf(path);
  const helpers: string[] = [];
  /** What offers these values: a list, or a function where there are paths as well. */
  const offer = ({ words, paths }: Values): string => {
    const list = `(${words.join(' ')})`;
    if (!paths) return words.length > 0 ? list : ' ';
    if (words.length === 0) return '_files';
    const helper = `${own}__${helpers.length}`;
    helpers.push(`${helper}() { _alternative ${quoted(`names:name:${list}`)} 'paths:path:_files' }`);
    return helper;
  };
  const subcommands = `${own}__commands`;
  const specs = [
    ...flags.map((flag) => flagSpec(flag, offer)),
    ...(commands.length > 0 ? [`'1: :${subcommands}'`] : []),
    ...values.flatMap((value, i) => {
      if (i === 0 && commands.length > 0 && !variadic) return [];
      return quoted(`${variadic && i === values.length - 1 ? '*' : i + 1}: :${offer(value)}`);
    }),
  ];
  const branches = commands.map(
    ({ name }) => `      ${name}) shift words; (( CURRENT-- )); ${nameOf(`${path} ${name}`)}; return ;;`,
  );
  return [
    ...helpers,
    ...(commands.length > 0 ? [commandsFunction(subcommands, commands, values[0])] : []),
    `${own}() {`,
    ...(commands.length > 0
      ? ['  if (( CURRENT > 2 )); then', '    case $words[2] in', ...branches, '    esac', '  fi']
      : []),
    `  _arguments -S : \\\n    ${specs.join(' \\\n    ')}`,
    '}',
  ].join('\n');
}

function flagSpec({ names, description, value }: Flag, offer: (values: Values) => string): string {
  const what = `[${description.replace(/[[\]\\:]/g, '\\$&')}]${value ? `: :${offer(value)}` : ''}`;
  const [first] = names;
  if (names.length === 1) return quoted(`${first}${value ? '=' : ''}${what}`); // both `--seed 7` and `--seed=7`
  return `'(${names.join(' ')})'{${names.join(',')}}${quoted(what)}`;
}

/** Subcommands with what they do, and what may stand in their place. */
function commandsFunction(own: string, commands: CommandPath['commands'], values: Values | undefined): string {
  const described = commands.map(({ name, description }) => quoted(`${name}:${description.replace(/[:\\]/g, '\\$&')}`));
  return `${own}() {
  local -a commands=(
    ${described.join('\n    ')}
  )
  _describe -t commands command commands${values ? `\n  compadd -- ${values.words.join(' ')}` : ''}
}`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
