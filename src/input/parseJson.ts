import { BadInput } from './badInput.ts';

/** Deeper than any document of this program. */
const DEPTH_MAX = 64;
/** More values than any document of this program. */
const VALUES_MAX = 200_000;

/**
 * Parses a JSON document. Throws `BadInput` where it is none, where it is nested too deep, or where
 * it has too many values: to parse and to check such a document would take gigabytes.
 *
 * @param where the name of the document: a path.
 * @param what a document like this one is expected: `scenario`.
 */
export function parseJson(text: string, where: string, what: string, valuesMax = VALUES_MAX): unknown {
  if (text.trim() === '') throw new BadInput(`${where} is empty: a ${what} is expected`);
  checkSize(text, where, valuesMax);
  try {
    return JSON.parse(text);
  } catch {
    const isCut = !/[}\]]\s*$/.test(text.slice(-100));
    throw new BadInput(`${where} is no JSON${isCut ? ', it seems to be cut off' : ''}: a ${what} is expected`);
  }
}

/** Counts brackets and commas outside of strings. */
function checkSize(text: string, where: string, valuesMax: number): void {
  let depth = 0;
  let values = 1;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // "
        i = endOfString(text, i);
        break;
      case 0x5b: // [
      case 0x7b: // {
        values++;
        if (++depth > DEPTH_MAX)
          throw new BadInput(`${where} is nested too deep: at most ${DEPTH_MAX} levels are read`);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // ,
        if (++values > valuesMax) throw new BadInput(`${where} has too many values: at most ${valuesMax} are read`);
    }
  }
}

/** The index of the quote that ends the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i;
    if (code === 0x5c) i++;
  }
  return text.length;
}
