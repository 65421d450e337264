/** Control and format characters, and separators of lines: they move a cursor or reorder text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text as messages show it: on one line, with escapes for characters that control a terminal. */
export const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').replace(UNPRINTABLE, escapeCharacter);

/** The same for text of several lines. Tabs stay, too. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (char) => (char === '\n' || char === '\t' ? char : escapeCharacter(char)));

const escapeCharacter = (char: string): string => `\\u{${char.codePointAt(0)!.toString(16)}}`;
