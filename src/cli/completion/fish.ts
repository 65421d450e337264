import type { Values } from '../completionValues.ts';
import type { CommandPath } from './commandTree.ts';

/** The script for fish, from 3.0 on. */
export function fishScript(places: readonly CommandPath[], head: string): string {
  const known = places.slice(1).map(({ path }) => quoted(path));
  return `${head}
function __gfnring_at # whether the words before the cursor lead to the command that is named
    set -l path ''
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$path $word")
        contains -- $next ${known.join(' ')}
        and set path $next
    end
    test "$path" = "$argv"
end
complete -c gfnring -f
${places.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, commands, flags, values }: CommandPath): string[] {
  const at = `complete -c gfnring -n ${quoted(`__gfnring_at ${path}`.trim())}`;
  return [
    ...commands.map(({ name, description }) => `${at} -a ${name} -d ${quoted(description)}`),
    ...flags.map(({ names, description, value }) => {
      const spelt = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
      return [
        at,
        ...spelt,
        ...(value ? [value.paths ? '-r' : '-x', ...offers(value)] : []),
        '-d',
        quoted(description),
      ].join(' ');
    }),
    ...values.map(offers).flatMap((offer) => (offer.length > 0 ? [[at, ...offer].join(' ')] : [])),
  ];
}

const offers = ({ words, paths }: Values): string[] => [
  ...(paths ? ['-F'] : []),
  ...(words.length > 0 ? ['-a', quoted(words.join(' '))] : []),
];

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
