import { grownCopy } from '../../memory/grownCopy.ts';

/** Bytes of the longest number. */
const LONGEST = 5;

/** HOT. Numbers of 32 bits, one after the other, most of them small: seven bits a byte, of which all but the last have the eighth set. */
export class VarintBuffer {
  private bytes = new Uint8Array(1024);
  private asWords = new Uint32Array(this.bytes.buffer);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  add(number: number): void {
    if (this.length + LONGEST > this.bytes.length) this.widen(LONGEST);
    let rest = number >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.bytes[this.length++] = rest | 0x80;
    this.bytes[this.length++] = rest;
  }

  addAll(numbers: Uint32Array): void {
    const most = LONGEST * numbers.length;
    if (this.length + most > this.bytes.length) this.widen(most);
    const { bytes } = this;
    let { length } = this;
    for (let i = 0; i < numbers.length; i++) {
      let rest = numbers[i];
      for (; rest > 0x7f; rest >>>= 7) bytes[length++] = rest | 0x80;
      bytes[length++] = rest;
    }
    this.length = length;
  }

  /** Fills up the last word, with bytes that are no number. Returns how many words there are. */
  end(): number {
    while ((this.length & 3) !== 0) this.bytes[this.length++] = 0x80;
    return this.length >>> 2;
  }

  get words(): Uint32Array {
    return this.asWords;
  }

  private widen(by: number): void {
    this.bytes = grownCopy(this.bytes, 4 * (this.bytes.length + by));
    this.asWords = new Uint32Array(this.bytes.buffer);
  }
}
