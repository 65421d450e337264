import { type Token, tokensOf } from './tokens.ts';
import { UnsupportedTest } from './unsupportedTest.ts';

/** A place in the words of a test. Whoever meets a word that does not belong there throws `Unread` with its line. */
export class Cursor {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(text: string, from: number) {
    this.tokens = tokensOf(text, from);
  }

  get text(): string {
    return this.tokens[this.at].text;
  }

  get line(): number {
    return this.tokens[this.at].line;
  }

  /** The word after the next `ahead`. */
  peek(ahead: number): string {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)].text;
  }

  next(): string {
    const { text } = this;
    if (text === '') throw this.unexpected();
    this.at++;
    return text;
  }

  /** Passes the word if it is this one. */
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

  /** Cells have 32 bits, so a number that needs more would be another one. */
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
