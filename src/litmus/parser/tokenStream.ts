import { UnsupportedTest } from '../unsupportedTest.ts';

interface Token {
  /** Empty at the end of the text. */
  readonly text: string;
  readonly line: number;
}

const BLANK = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const COMMENT = /\(\*[\s\S]*?\*\)/y;
const TOKEN =
  /[A-Za-z_]\w*|0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|"[^"\n]*"|\/\\|\\\/|<<=|>>=|[=!<>+*/|&^%-]=|=>|<>|&&|\|\||<<|>>|->|\+\+|--|[-+*/%&|^~!<>=(){}[\],;:.?]/y;

/** The tokens of a test. Methods that do not find what they expect throw `UnsupportedTest`. */
export class TokenStream {
  private readonly tokens: readonly Token[];
  private at = 0;

  /** @param from the offset of the first character to read. */
  constructor(text: string, from: number) {
    this.tokens = tokenize(text, from);
  }

  /** The current token; empty at the end. */
  get text(): string {
    return this.tokens[this.at].text;
  }

  get line(): number {
    return this.tokens[this.at].line;
  }

  /** The token `ahead` places after the current one. */
  peek(ahead: number): string {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)].text;
  }

  next(): string {
    const { text } = this;
    if (text === '') throw this.unexpected();
    this.at++;
    return text;
  }

  /** Skips the current token if it is `text`. Returns whether it was. */
  take(text: string): boolean {
    if (this.text !== text) return false;
    this.at++;
    return true;
  }

  need(text: string): void {
    if (!this.take(text)) throw this.unexpected(`'${text}'`);
  }

  get atName(): boolean {
    return /^[A-Za-z_]/.test(this.text);
  }

  get atNumber(): boolean {
    return /^\d/.test(this.text);
  }

  name(): string {
    if (!this.atName) throw this.unexpected('a name');
    return this.next();
  }

  /** A signed 32-bit integer. Cells have 32 bits, so a wider number would be another one. */
  number(): number {
    if (!this.atNumber) throw this.unexpected('a number');
    const { line } = this;
    const text = this.next().replace(/[uUlL]+$/, '');
    const value = Number(/^0\d/.test(text) ? `0o${text.slice(1)}` : text);
    if (value > 0xffff_ffff) throw new UnsupportedTest(`${text} has more than 32 bits`, line);
    if (Number.isNaN(value)) throw new UnsupportedTest(`${text} is no number`, line);
    return value | 0;
  }

  unexpected(instead?: string): UnsupportedTest {
    const found = this.text === '' ? 'the end of the file' : `'${this.text}'`;
    return new UnsupportedTest(`${found} is not expected${instead === undefined ? '' : `, but ${instead}`}`, this.line);
  }
}

/**
 * Splits a text into tokens. `(* … *)` is a comment outside of threads. In a thread it is not: it
 * may start with `(*x)`. Comments of C are comments everywhere.
 */
function tokenize(text: string, from: number): Token[] {
  const tokens: Token[] = [];
  let at = from;
  let line = linesIn(text.slice(0, from)) + 1;
  let depth = 0;
  let isInThread = false;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const skipped = match(BLANK) ?? (isInThread ? undefined : match(COMMENT));
    const token = skipped ?? match(TOKEN);
    if (token === undefined || token.length === 0)
      throw new UnsupportedTest(`'${String.fromCodePoint(text.codePointAt(at)!)}' is not expected`, line);
    if (skipped === undefined) {
      tokens.push({ text: token, line });
      if (depth === 0 && /^P\d+$/.test(token)) isInThread = true;
      if (token === '{') depth++;
      if (token === '}' && --depth === 0) isInThread = false;
    }
    line += linesIn(token);
    at += token.length;
  }
  return [...tokens, { text: '', line }];
}

const linesIn = (text: string): number => text.split('\n').length - 1;
