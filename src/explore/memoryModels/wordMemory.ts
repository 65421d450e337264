import type { Place } from '../../memory/cell.ts';
import { isWrite, kindOf, placeOf } from '../../memory/kinds.ts';
import type { MemoryImage } from '../../memory/memoryImage.ts';
import type { StepLog } from '../execution/stepLog.ts';

/** Mask of a place of 64 bits, which has the next word, too. */
export const WIDE = 0;

/**
 * HOT. Memory as 32-bit words, for models in which it has one value at a time; and the steps that
 * wrote them.
 */
export class WordMemory {
  /**
   * By place, four numbers: its word, its shift and its mask there (WIDE: 64 bits), and its bits.
   */
  protected readonly geometry: Int32Array;
  protected readonly u32: Uint32Array;
  private readonly log: StepLog;
  /** What the words held before each step that was redone: two numbers a step. */
  private readonly redone: number[] = [];

  constructor(places: readonly Place[], bytes: MemoryImage, log: StepLog) {
    this.u32 = bytes.u32;
    this.log = log;
    this.geometry = new Int32Array(4 * places.length);
    for (const [id, { offset, bits }] of places.entries()) {
      this.geometry[4 * id] = offset >>> 2;
      this.geometry[4 * id + 1] = (offset & 3) * 8;
      this.geometry[4 * id + 2] = bits === 64 ? WIDE : bits === 32 ? -1 : (1 << bits) - 1;
      this.geometry[4 * id + 3] = bits;
    }
  }

  /** Writes a value: its lower and upper 32 bits. */
  put(place: number, low: number, high: number): void {
    const { geometry, u32 } = this;
    const word = geometry[4 * place];
    const shift = geometry[4 * place + 1];
    const mask = geometry[4 * place + 2];
    if (mask === WIDE) {
      u32[word] = low;
      u32[word + 1] = high;
    } else u32[word] = (u32[word] & ~(mask << shift)) | (low << shift);
  }

  /** Whether step `s` has the footprint of a write, and wrote another value than it found. */
  changedValue(s: number): boolean {
    const { footprints, values, olds, highs, oldHighs } = this.log;
    if (!isWrite(kindOf(footprints[s]))) return false;
    const wide = this.geometry[4 * placeOf(footprints[s]) + 2] === WIDE;
    return values[s] !== olds[s] || (wide && highs[s] !== oldHighs[s]);
  }

  /** See `MemoryModel.rewind`. */
  rewind(): void {
    this.redone.length = 0;
  }

  /** @param writes whether step `s` wrote. */
  redoStep(s: number, writes: boolean): void {
    const { footprints, values, highs } = this.log;
    const place = placeOf(footprints[s]);
    const word = this.geometry[4 * place];
    this.redone.push(this.u32[word], this.u32[word + 1]);
    if (writes) this.put(place, values[s], highs[s]);
  }

  unredo(s: number): void {
    const word = this.geometry[4 * placeOf(this.log.footprints[s])];
    const high = this.redone.pop()!;
    this.u32[word] = this.redone.pop()!;
    if (word + 1 < this.u32.length) this.u32[word + 1] = high;
  }
}
