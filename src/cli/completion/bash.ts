import type { Values } from '../completionValues.ts';
import type { CommandPath } from './commandTree.ts';

/** The script for bash, from 3.2 on. It needs nothing but bash. */
export function bashScript(places: readonly CommandPath[], head: string): string {
  const valued = places.flatMap(({ path, flags }) =>
    flags.flatMap(({ names, value }) => (value ? names.map((name) => ({ at: `${path} ${name}`, value })) : [])),
  );
  const paths = places.slice(1).map(({ path }) => quoted(path));
  const argued = places.flatMap(({ path, values, variadic }) =>
    values.map((value, i) => ({ at: `${path} ${i}`, value, more: variadic && i === values.length - 1 })),
  );
  return `${head}
_gfnring() {
  local line=\${COMP_LINE:0:COMP_POINT} path='' option='' offered='' paths='' count=0 words word cur before i
  # Bash's own words are cut at @ and =, which names have.
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  cur=\${words[\${#words[@]} - 1]}
  for ((i = 1; i < \${#words[@]} - 1; i++)); do
    word=\${words[i]}
    if [[ -n $option ]]; then
      option=''
    elif [[ $word == -* ]]; then
      case "$path $word" in
        ${valued.map(({ at }) => quoted(at)).join(' | ')}) option=$word ;;
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
${alike(valued).join('\n')}
    esac
  elif [[ $cur == -* ]]; then
    case "$path" in
${places
  .map(({ path, flags }) =>
    branch(
      [quoted(path)],
      flags.flatMap(({ names }) => names),
    ),
  )
  .join('\n')}
    esac
  else
    case "$path $count" in
${alike(argued).join('\n')}
    esac
    case "$path $count" in
${places
  .filter(({ commands }) => commands.length > 0)
  .map(({ path, commands }) => {
    const names = commands.map(({ name }) => name).join(' ');
    return `      ${quoted(`${path} 0`)}) offered="${names} $offered" ;;`;
  })
  .join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$offered" -- "$cur"))
  # Readline replaces only what it takes for the word, its second argument: in dirty-ring@6.1 what @ begins.
  before=\${cur%"$2"}
  COMPREPLY=("\${COMPREPLY[@]#"$before"}")
  # Where no word fits, readline itself offers paths.
  [[ -n $paths ]] || compopt +o default 2> /dev/null
  return 0
}
complete -o default -F _gfnring gfnring
`;
}

interface Choice {
  readonly at: string;
  readonly value: Values;
  /** Whether there may be more of it, so that the count does not matter. */
  readonly more?: boolean;
}

/** A branch for all that offer the same. */
function alike(choices: readonly Choice[]): string[] {
  const by = new Map<string, { value: Values; at: string[] }>();
  for (const { at, value, more } of choices) {
    if (value.words.length === 0 && !value.paths) continue;
    const key = JSON.stringify(value);
    const of = by.get(key) ?? { value, at: [] };
    of.at.push(more ? `${quoted(at.replace(/\d+$/, ''))}[0-9]*` : quoted(at));
    by.set(key, of);
  }
  return [...by.values()].map(({ value, at }) => branch(at, value.words, value.paths));
}

const branch = (at: readonly string[], words: readonly string[], paths = false): string =>
  `      ${at.join(' | ')}) ${[...(words.length > 0 ? [`offered='${words.join(' ')}'`] : []), ...(paths ? ['paths=1'] : [])].join(' ')} ;;`;

const quoted = (text: string): string => `'${text}'`;
