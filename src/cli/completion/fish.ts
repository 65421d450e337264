import type { CompletionValues } from '../completionValues.ts';
import type { CommandNode } from './commandTree.ts';

/** The script for fish, from 3.0 on. */
export function formatFishScript(commands: readonly CommandNode[], header: string): string {
  const paths = commands.slice(1).map(({ path }) => quote(path));
  return `${header}
function __gfnring_at # whether the words before the cursor call this command
    set -l path ''
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$path $word")
        contains -- $next ${paths.join(' ')}
        and set path $next
    end
    test "$path" = "$argv"
end
complete -c gfnring -f
${commands.flatMap(formatCommand).join('\n')}
`;
}

function formatCommand({ path, commands, flags, args }: CommandNode): string[] {
  const complete = `complete -c gfnring -n ${quote(`__gfnring_at ${path}`.trim())}`;
  return [
    ...commands.map(({ name, description }) => `${complete} -a ${name} -d ${quote(description)}`),
    ...flags.map(({ names, description, value }) => {
      const spellings = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
      const offers = value ? [value.paths ? '-r' : '-x', ...formatOffers(value)] : [];
      return [complete, ...spellings, ...offers, '-d', quote(description)].join(' ');
    }),
    ...args
      .map(formatOffers)
      .filter((offers) => offers.length > 0)
      .map((offers) => [complete, ...offers].join(' ')),
  ];
}

const formatOffers = ({ words, paths }: CompletionValues): string[] => [
  ...(paths ? ['-F'] : []),
  ...(words.length > 0 ? ['-a', quote(words.join(' '))] : []),
];

const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
