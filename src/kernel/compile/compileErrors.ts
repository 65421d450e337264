/** How names are added that the kernel's file needs. */
const HOW = '-D NAME=VALUE, --config CONFIG_X, --include FILE and --shim DIR add what it lacks (docs/kernel.md)';

/** Messages of clang for a name that no header declares. */
const UNKNOWN = [
  /use of undeclared identifier '([^']+)'/,
  /call to undeclared (?:library )?function '([^']+)'/,
  /unknown type name '([^']+)'/,
  /no member named '([^']+)' in '[^']+'/,
  /variable has incomplete type '([^']+)'/,
  /incomplete definition of type '([^']+)'/,
  /field has incomplete type '([^']+)'/,
];

/**
 * The message of a compiler in one line: the first error with its place, or what the linker misses.
 * It names a file: without a place, that is the C file.
 */
export function compileMessage(said: string, file: string, how = HOW): string {
  const undefinedNames = [...said.matchAll(/undefined symbol: (\w+)/g)].map(([, name]) => name);
  if (undefinedNames.length > 0)
    return `${file}: it calls ${[...new Set(undefinedNames)].join(', ')}, which nothing here stands for: gfnring has the ring's own surroundings only. ${how}`;
  const lines = said.split('\n').map((line) => line.replace(/^\.\//, ''));
  const errors = lines.filter((line) => /error:/.test(line));
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const first = errors[0] ?? lines[0];
  const place = /^[^:]+:\d+:\d+: /.test(first) ? '' : `${file}: `;
  return `${place}${first.replace(/gfnring-(?:shim|consumer)\//, "gfnring's ")}${more}${lacks(errors, how)}`;
}

/** What our headers lack, as text that follows an error; empty: the errors are of another kind. */
function lacks(errors: readonly string[], how: string): string {
  const header = /'([^']+\.h)' file not found/.exec(errors[0] ?? '')?.[1];
  if (header !== undefined)
    return `: neither the tree nor gfnring's shim has ${header}; a tree needs include/ and arch/x86/include/uapi/`;
  const names = errors.flatMap((line) => UNKNOWN.flatMap((message) => message.exec(line)?.[1] ?? []));
  if (names.length === 0) return '';
  return `: gfnring's shim, which stands for ${how === HOW ? "the kernel's" : 'other'} headers, lacks ${[...new Set(names)].join(', ')}. ${how}`;
}
