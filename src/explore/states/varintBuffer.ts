import { grownCopy } from '../../memory/grownCopy.ts';

/** The most bytes that a number takes. */
const LONGEST = 5;

/**
 * HOT. A growing buffer of 32-bit numbers as varints (LEB128). A byte has seven bits of a number;
 * the eighth is set in all its bytes but the last.
 */
export class VarintBuffer {
  private bytes = new Uint8Array(1024);
  private asWords = new Uint32Array(this.bytes.buffer);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  add(number: number): void {
    if (this.length + LONGEST > this.bytes.length) this.grow(LONGEST);
    const { bytes } = this;
    let { length } = this;
    let rest = number >>> 0;
    for (; rest > 0x7f; rest >>>= 7) bytes[length++] = rest | 0x80;
    bytes[length++] = rest;
    this.length = length;
  }

  addAll(numbers: Uint32Array): void {
    const most = LONGEST * numbers.length;
    if (this.length + most > this.bytes.length) this.grow(most);
    const { bytes } = this;
    let { length } = this;
    for (let i = 0; i < numbers.length; i++) {
      let rest = numbers[i];
      for (; rest > 0x7f; rest >>>= 7) bytes[length++] = rest | 0x80;
      bytes[length++] = rest;
    }
    this.length = length;
  }

  /** Pads to a whole word, with bytes that are no number. Returns the length in words. */
  end(): number {
    while ((this.length & 3) !== 0) this.bytes[this.length++] = 0x80;
    return this.length >>> 2;
  }

  /** The buffer as words, valid until the next number is added. */
  get words(): Uint32Array {
    return this.asWords;
  }

  private grow(by: number): void {
    this.bytes = grownCopy(this.bytes, 4 * (this.bytes.length + by));
    this.asWords = new Uint32Array(this.bytes.buffer);
  }
}
