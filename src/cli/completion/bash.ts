import type { CompletionValues } from '../completionValues.ts';
import type { CommandNode } from './commandTree.ts';

/**
 * The script for bash, from 3.2 on. It needs no other package.
 *
 * It goes through the words before the cursor. Then `path` is the command, `option` an option that
 * waits for its value, and `count` the number of arguments. Three `case` statements then give the
 * words to offer.
 */
export function formatBashScript(commands: readonly CommandNode[], header: string): string {
  const optionValues = optionChoices(commands);
  const paths = commands.slice(1).map(({ path }) => quote(path));
  return `${header}
_gfnring() {
  local line=\${COMP_LINE:0:COMP_POINT} path='' option='' offered='' paths='' count=0 words word cur before i
  # Bash splits words at @ and =, which names contain.
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  cur=\${words[\${#words[@]} - 1]}
  for ((i = 1; i < \${#words[@]} - 1; i++)); do
    word=\${words[i]}
    if [[ -n $option ]]; then
      option=''
    elif [[ $word == -* ]]; then
      case "$path $word" in
        ${optionValues.map(({ pattern }) => quote(pattern)).join(' | ')}) option=$word ;;
      esac
    else
      case "\${path:+$path }$word" in
        ${paths.join(' | ')}) path="\${path:+$path }$word" ;;
        *) ((++count)) ;;
      esac
    fi
  done
  if [[ -z $option && $cur == --*=* ]]; then
    option=\${cur%%=*}
    cur=\${cur#*=}
  fi
  if [[ -n $option ]]; then
    case "$path $option" in
${groupChoices(optionValues).join('\n')}
    esac
  elif [[ $cur == -* ]]; then
    case "$path" in
${flagBranches(commands).join('\n')}
    esac
  else
    case "$path $count" in
${groupChoices(argumentChoices(commands)).join('\n')}
    esac
    case "$path $count" in
${subcommandBranches(commands).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$offered" -- "$cur"))
  # Readline replaces only its own word, the second argument: in dirty-ring@6.1 the part from @ on.
  before=\${cur%"$2"}
  COMPREPLY=("\${COMPREPLY[@]#"$before"}")
  # If no word fits, readline offers paths.
  [[ -n $paths ]] || compopt +o default 2> /dev/null
  return 0
}
complete -o default -F _gfnring gfnring
`;
}

/** A pattern of a `case`, and what to offer there. */
interface Choice {
  readonly pattern: string;
  readonly value: CompletionValues;
  /** The pattern ends with the number of an argument that can be repeated. */
  readonly variadic?: boolean;
}

const optionChoices = (commands: readonly CommandNode[]): Choice[] =>
  commands.flatMap(({ path, flags }) =>
    flags.flatMap(({ names, value }) => (value ? names.map((name) => ({ pattern: `${path} ${name}`, value })) : [])),
  );

const argumentChoices = (commands: readonly CommandNode[]): Choice[] =>
  commands.flatMap(({ path, args, variadic }) =>
    args.map((value, i) => ({ pattern: `${path} ${i}`, value, variadic: variadic && i === args.length - 1 })),
  );

const flagBranches = (commands: readonly CommandNode[]): string[] =>
  commands.map(({ path, flags }) => {
    const words = flags.flatMap(({ names }) => names);
    return formatBranch([quote(path)], { words, paths: false });
  });

const subcommandBranches = (commands: readonly CommandNode[]): string[] =>
  commands.flatMap(({ path, commands: children }) => {
    if (children.length === 0) return [];
    const names = children.map(({ name }) => name).join(' ');
    return `      ${quote(`${path} 0`)}) offered="${names} $offered" ;;`;
  });

/** One branch for all patterns that offer the same values. */
function groupChoices(choices: readonly Choice[]): string[] {
  const groups = new Map<string, { value: CompletionValues; patterns: string[] }>();
  for (const { pattern, value, variadic } of choices) {
    if (value.words.length === 0 && !value.paths) continue;
    const key = JSON.stringify(value);
    const group = groups.get(key) ?? { value, patterns: [] };
    group.patterns.push(variadic ? `${quote(pattern.replace(/\d+$/, ''))}[0-9]*` : quote(pattern));
    groups.set(key, group);
  }
  return [...groups.values()].map(({ value, patterns }) => formatBranch(patterns, value));
}

function formatBranch(patterns: readonly string[], { words, paths }: CompletionValues): string {
  const commands = [...(words.length > 0 ? [`offered='${words.join(' ')}'`] : []), ...(paths ? ['paths=1'] : [])];
  return `      ${patterns.join(' | ')}) ${commands.join(' ')} ;;`;
}

const quote = (text: string): string => `'${text}'`;
