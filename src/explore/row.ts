import { wider } from '../memory/wider.ts';

/** HOT. Words of 32 bits, one after the other: what a state is compared by. */
export class Row {
  words = new Uint32Array(256);
  length = 0;

  add(word: number): void {
    if (this.length === this.words.length) this.widen(1);
    this.words[this.length++] = word;
  }

  addAll(words: Uint32Array | readonly number[]): void {
    this.widen(words.length);
    this.words.set(words, this.length);
    this.length += words.length;
  }

  private widen(by: number): void {
    if (this.length + by > this.words.length) this.words = wider(this.words, 2 * (this.length + by));
  }
}
