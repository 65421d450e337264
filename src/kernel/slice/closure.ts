import { type CDefinition, identifiersOf } from './definitions.ts';

/**
 * Definitions of a C file with what they use of that file, in the order of the file. A name of
 * `known` is defined elsewhere, and ends the search. All names that they use are added to `used`.
 */
export function closureOf(
  definitions: ReadonlyMap<string, CDefinition>,
  wanted: readonly string[],
  known: ReadonlySet<string>,
  used: Set<string>,
): CDefinition[] {
  const found = new Map<number, CDefinition>();
  const queue = new Set(wanted.filter((name) => definitions.has(name)));
  for (const name of queue) {
    const definition = definitions.get(name)!;
    found.set(definition.node.id, definition);
    for (const next of identifiersOf(definition.node.text)) {
      used.add(next);
      if (known.has(next)) continue;
      for (const spelling of [next, `struct ${next}`]) if (definitions.has(spelling)) queue.add(spelling);
    }
  }
  return [...found.values()].sort((a, b) => a.node.startIndex - b.node.startIndex);
}
