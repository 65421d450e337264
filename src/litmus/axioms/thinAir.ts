/**
 * The value of reads and writes that copy each other's value in a cycle, without any other source.
 * herd7 names such a value by a symbol, which equals no number. It is no 32-bit integer, so nothing
 * else is equal to it.
 */
export const THIN_AIR = 2 ** 40;

/** In a search for cycles: what stands for the value that was read at an address. */
export const copyOf = (address: number): number => THIN_AIR + 1 + address;

/** The address that a value was read at; undefined: it is a known value. */
export const copiedFrom = (value: number): number | undefined => (value > THIN_AIR ? value - THIN_AIR - 1 : undefined);

/** The nodes of a graph that are on a cycle. */
export function onCycles(edges: ReadonlyMap<number, ReadonlySet<number>>): number[] {
  return [...edges.keys()].filter((start) => {
    const reached = new Set<number>();
    const waiting = [start];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop())
      for (const next of edges.get(node) ?? [])
        if (!reached.has(next)) {
          reached.add(next);
          waiting.push(next);
        }
    return reached.has(start);
  });
}
