/**
 * Control and format characters, and separators of lines: they move a cursor or reorder text. And
 * halves of surrogate pairs, which no encoding has.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text as messages show it: on one line, with escapes for characters that control a terminal. */
export const oneLine = (text: string): string => text.replace(/\n\s*/g, ' ').replace(UNPRINTABLE, escapeCharacter);

/** The same for text of several lines. Tabs stay, too. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (char) => (char === '\n' || char === '\t' ? char : escapeCharacter(char)));

/** JSON text with escapes for these characters, which JSON allows inside of strings. */
export const printableJson = (json: string): string =>
  json.replace(UNPRINTABLE, (char) =>
    char === '\n'
      ? char
      : Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join(
          '',
        ),
  );

const escapeCharacter = (char: string): string => `\\u{${char.codePointAt(0)!.toString(16)}}`;
