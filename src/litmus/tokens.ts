import { UnsupportedTest } from './unsupportedTest.ts';

export interface Token {
  /** Empty at the end of the text. */
  readonly text: string;
  readonly line: number;
}

const BLANK = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const REMARK = /\(\*[\s\S]*?\*\)/y;
const TOKEN =
  /[A-Za-z_]\w*|0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|"[^"\n]*"|\/\\|\\\/|[=!<>+*|&^%-]=|=>|<>|&&|\|\||<<|>>|->|\+\+|--|[-+*/%&|^~!<>=(){}[\],;:.?]/y;

/**
 * The words of a test from `from` on. `(* … *)` is a remark everywhere but in a thread, where it may be the beginning of `(*x)`; the remarks of C are
 * remarks everywhere.
 */
export function tokensOf(text: string, from: number): Token[] {
  const tokens: Token[] = [];
  let at = from;
  let line = linesIn(text.slice(0, from)) + 1;
  let depth = 0;
  let thread = false;
  const take = (what: RegExp): string | undefined => {
    what.lastIndex = at;
    return what.exec(text)?.[0];
  };
  while (at < text.length) {
    const passed = take(BLANK) ?? (thread ? undefined : take(REMARK));
    const token = passed ?? take(TOKEN);
    if (token === undefined || token.length === 0)
      throw new UnsupportedTest(`'${String.fromCodePoint(text.codePointAt(at)!)}' is not expected`, line);
    if (passed === undefined) {
      tokens.push({ text: token, line });
      if (depth === 0 && /^P\d+$/.test(token)) thread = true;
      if (token === '{') depth++;
      if (token === '}' && --depth === 0) thread = false;
    }
    line += linesIn(token);
    at += token.length;
  }
  return [...tokens, { text: '', line }];
}

const linesIn = (text: string): number => text.split('\n').length - 1;
