/** A self-check has seen something that is not as it is known to be. */
export class Wrong extends Error {}

/** Ordinary code that knows what a part of the harness must come to. It throws `Wrong` where that is not so. */
export type SelfCheck = () => void | Promise<void>;

/** Two values of plain data, of which one is known. */
export function equal(what: string, seen: unknown, known: unknown): void {
  const [a, b] = [textOf(seen), textOf(known)];
  if (a !== b) throw new Wrong(`${what}: ${a}, not ${b}`);
}

/** What must be refused, in words that `why` knows. */
export function refused(what: string, why: RegExp, run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (why.test((error as Error).message)) return;
    throw new Wrong(`${what}: ${(error as Error).message}, not ${why}`);
  }
  throw new Wrong(`${what}: is not refused`);
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, of) => (typeof of === 'bigint' ? `${of}n` : of === undefined ? 'undefined' : of));
