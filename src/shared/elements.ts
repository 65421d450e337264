import { type ArrayName, real } from './real.ts';

/** A type of elements: how a value becomes bits of a cell, and the other way. */
export interface ElementType {
  readonly name: ArrayName;
  readonly bytes: 1 | 2 | 4 | 8;
  /** Whether values are bigints. */
  readonly big: boolean;
  /** Whether `Atomics` work on it. */
  readonly isAtomic: boolean;
  /** Whether an access without Atomics may be done in parts, by ECMA-262. */
  readonly mayTear: boolean;
  /** The type of its cells, for traces. */
  readonly cell: 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64';
  encode(value: unknown): number | bigint;
  decode(bits: number | bigint): number | bigint;
}

/** The conversions are those of a real array with one element. */
function elementType(name: ArrayName, cell: ElementType['cell']): ElementType {
  const one = new real.arrays[name](1);
  const bytes = Number(cell.slice(1)) / 8;
  const bits = new real.arrays[BITS[bytes as 1]](one.buffer);
  const isInteger = !name.startsWith('Float');
  const big = name.startsWith('Big');
  return {
    ...{ name, cell, big },
    bytes: bytes as ElementType['bytes'],
    isAtomic: isInteger && name !== 'Uint8ClampedArray',
    mayTear: !isInteger || big || name === 'Uint8ClampedArray',
    encode(value) {
      one[0] = value as number;
      return bits[0];
    },
    decode(of) {
      bits[0] = of;
      return one[0];
    },
  };
}

const BITS = { 1: 'Uint8Array', 2: 'Uint16Array', 4: 'Uint32Array', 8: 'BigUint64Array' } as const;

export const elementTypes: Readonly<Record<ArrayName, ElementType>> = {
  Int8Array: elementType('Int8Array', 'i8'),
  Uint8Array: elementType('Uint8Array', 'u8'),
  Uint8ClampedArray: elementType('Uint8ClampedArray', 'u8'),
  Int16Array: elementType('Int16Array', 'i16'),
  Uint16Array: elementType('Uint16Array', 'u16'),
  Int32Array: elementType('Int32Array', 'i32'),
  Uint32Array: elementType('Uint32Array', 'u32'),
  Float32Array: elementType('Float32Array', 'u32'),
  Float64Array: elementType('Float64Array', 'u64'),
  BigInt64Array: elementType('BigInt64Array', 'i64'),
  BigUint64Array: elementType('BigUint64Array', 'u64'),
};
