import { markConstant } from '../loops/snapshot.ts';
import { loadElement, storeElement } from './access.ts';
import type { StandInBuffer } from './buffer.ts';
import { elementTypes } from './elements.ts';
import { real } from './real.ts';
import { toIndex, toInteger } from './toInteger.ts';

const BYTE = elementTypes.Uint8Array;

/**
 * Stands for a `DataView` of a stand-in buffer. Each access is one of single bytes, in their order:
 * ECMA-262 allows it to tear.
 */
export class StandInDataView {
  readonly buffer: StandInBuffer;
  readonly byteOffset: number;
  readonly byteLength: number;

  constructor(buffer: StandInBuffer, byteOffset: unknown, byteLength: unknown) {
    const from = toInteger(byteOffset);
    const length = byteLength === undefined ? buffer.byteLength - from : toInteger(byteLength);
    if (from < 0 || from > buffer.byteLength)
      throw new RangeError(`Start offset ${from} is outside the bounds of the buffer`);
    if (length < 0 || from + length > buffer.byteLength) throw new RangeError(`Invalid DataView length ${length}`);
    buffer.need(from, length, BYTE);
    this.buffer = buffer;
    this.byteOffset = from;
    this.byteLength = length;
    markConstant(this);
  }

  get [Symbol.toStringTag](): string {
    return 'DataView';
  }

  /** The bytes of an access, from the lowest address on. */
  offsetOf(at: unknown, bytes: number): number {
    const index = toIndex(at);
    if (index + bytes > this.byteLength) throw new RangeError('Offset is outside the bounds of the DataView');
    return this.byteOffset + index;
  }
}

const scratch = new real.DataView(new ArrayBuffer(8));

for (const name of [
  'Int8',
  'Uint8',
  'Int16',
  'Uint16',
  'Int32',
  'Uint32',
  'Float32',
  'Float64',
  'BigInt64',
  'BigUint64',
] as const) {
  const { bytes } = elementTypes[`${name}Array`];
  const get = scratch[`get${name}`] as (at: number, little?: boolean) => number | bigint;
  const set = scratch[`set${name}`] as (at: number, value: unknown, little?: boolean) => void;
  Object.defineProperties(StandInDataView.prototype, {
    [`get${name}`]: {
      configurable: true,
      writable: true,
      value(this: StandInDataView, at: unknown, little?: boolean) {
        const from = this.offsetOf(at, bytes);
        for (let i = 0; i < bytes; i++) scratch.setUint8(i, loadElement(this.buffer, BYTE, from + i) as number);
        return get.call(scratch, 0, little);
      },
    },
    [`set${name}`]: {
      configurable: true,
      writable: true,
      value(this: StandInDataView, at: unknown, value: unknown, little?: boolean) {
        // What is no index throws first, then a value that cannot be converted.
        toIndex(at);
        set.call(scratch, 0, value, little);
        const written = Array.from({ length: bytes }, (_, i) => scratch.getUint8(i));
        const from = this.offsetOf(at, bytes);
        for (let i = 0; i < bytes; i++) storeElement(this.buffer, BYTE, from + i, written[i]);
      },
    },
  });
}

Object.setPrototypeOf(StandInDataView.prototype, real.DataView.prototype);
