import type { Cell, Cell64, Lock, Place } from './cell.ts';

/** The most bytes of a layout. A ring of 32768 entries takes 512 KiB. */
const BYTES_MAX = 1 << 28;

/**
 * The address of each cell and lock of a scenario. It is built before threads start. It is the same
 * on every thread and in every memory, so that memories can be compared byte by byte. Throws
 * `RangeError` where a cell does not fit: a layout has at most 2^28 bytes.
 */
export class Layout {
  /** All cells and locks so far, by id. */
  readonly places: Place[] = [];
  /**
   * Cells that are one word with the smaller cells in them: each access of a part is one of the
   * whole. Models that know no accesses of several sizes need that.
   */
  readonly words: Cell[] = [];
  /** A prefix for the names of the places that are added next. */
  prefix = '';
  #end = 0;

  /** A copy with the same places and ids, to which more can be added. */
  static copy(of: Layout): Layout {
    const copy = new Layout();
    for (const place of of.places) copy.places.push(place);
    copy.words.push(...of.words);
    copy.#end = of.#end;
    return copy;
  }

  /** Bytes in use, a multiple of 8. */
  get size(): number {
    return (this.#end + 7) & ~7;
  }

  /** Reserves `bytes` bytes, aligned to 8, and returns their offset. */
  region(bytes: number): number {
    const offset = this.size;
    this.#end = offset + bytes;
    if (this.#end > BYTES_MAX)
      throw new RangeError(`a layout holds at most ${BYTES_MAX} bytes, asked for ${this.#end}`);
    return offset;
  }

  /**
   * Adds a cell of 8, 16 or 32 bits: next in memory, or at byte offset `at`, where it may overlap
   * others.
   */
  cell(name: string, type: CellWidth, at?: number): Cell {
    const bits = BITS[type];
    const place: Cell = {
      kind: 'cell',
      id: this.places.length,
      name: this.prefix + name,
      bits,
      signed: type.startsWith('i'),
      offset: this.#place(name, bits, at),
    };
    this.places.push(place);
    return place;
  }

  /** Adds a cell of 64 bits; see `cell`. */
  cell64(name: string, at?: number, signed = false): Cell64 {
    const place: Cell64 = {
      kind: 'cell64',
      id: this.places.length,
      name: this.prefix + name,
      bits: 64,
      signed,
      offset: this.#place(name, 64, at),
    };
    this.places.push(place);
    return place;
  }

  /** Adds a lock, next in memory, which is free. */
  lock(name: string, kind: Lock['kind']): Lock {
    const place: Lock = {
      kind,
      id: this.places.length,
      name: this.prefix + name,
      bits: 32,
      offset: this.#place(name, 32),
    };
    this.places.push(place);
    return place;
  }

  #place(name: string, bits: number, at?: number): number {
    const bytes = bits / 8;
    const offset = at ?? Math.ceil(this.#end / bytes) * bytes;
    if (offset % bytes !== 0) throw new RangeError(`${name}: offset ${offset} is not a multiple of its ${bytes} bytes`);
    if (at === undefined) this.#end = offset + bytes;
    else if (offset < 0 || offset + bytes > this.#end)
      throw new RangeError(`${name}: offset ${offset} lies outside any region`);
    return offset;
  }
}

const BITS = { u8: 8, u16: 16, u32: 32, i8: 8, i16: 16, i32: 32 } as const;
/** A type of a cell of at most 32 bits. */
export type CellWidth = keyof typeof BITS;

/** Whether two places share a byte. */
export function overlap(a: Place, b: Place): boolean {
  return a.offset < b.offset + b.bits / 8 && b.offset < a.offset + a.bits / 8;
}

type OverlapTable = readonly (readonly number[])[];

/** Each part of a search needs the table of its layout. */
const tables = new WeakMap<readonly Place[], OverlapTable>();

/**
 * By id of a place: the ids of all places that share a byte with it, itself included. A place is
 * aligned to its size, so both are in the same eight bytes.
 */
export function overlapTable(places: readonly Place[]): OverlapTable {
  let table = tables.get(places);
  if (table?.length !== places.length) {
    table = createOverlapTable(places);
    tables.set(places, table);
  }
  return table;
}

/** By id of a place: the id that stands for its wait queue. */
export type QueueTable = Int32Array;

/** Wait queues go by address: cells that begin at the same byte have one. */
export function queueTable(places: readonly Place[]): QueueTable {
  const first = new Map<number, number>();
  return Int32Array.from(places, ({ id, offset }) => {
    if (!first.has(offset)) first.set(offset, id);
    return first.get(offset)!;
  });
}

function createOverlapTable(places: readonly Place[]): OverlapTable {
  const byWord = new Map<number, Place[]>();
  for (const place of places) {
    const word = place.offset >>> 3;
    const others = byWord.get(word);
    if (others === undefined) byWord.set(word, [place]);
    else others.push(place);
  }
  return places.map((a) =>
    byWord
      .get(a.offset >>> 3)!
      .filter((b) => overlap(a, b))
      .map(({ id }) => id),
  );
}
