import { markConstant } from '../loops/snapshot.ts';
import type { Cell, Cell64 } from '../memory/cell.ts';
import { SetupMemory } from '../memory/setupMemory.ts';
import { UnsupportedOperation } from '../memory/unsupportedOperation.ts';
import { activity } from './activity.ts';
import type { ElementType } from './elements.ts';
import { real } from './real.ts';
import { toInteger, toRelative } from './toInteger.ts';

/** How the buffers of a scenario are used. */
export interface BufferRules {
  /** Whether data races are findings: then they are plain accesses of C. */
  readonly races: boolean;
  /** Whether an element of 8 bytes that may tear is accessed in two halves. */
  readonly tearing: boolean;
  /** Whether the time of a wait may be over before a wake-up. */
  readonly timeouts: boolean;
}

/** The most bytes of one buffer. */
const BYTES_MAX = 1 << 20;

/** A cell that a view of a buffer needs: its first byte, its width, and how traces show it. */
export interface NeededCell {
  readonly offset: number;
  readonly bytes: ElementType['bytes'];
  readonly type: ElementType['cell'];
}

/**
 * Stands for a `SharedArrayBuffer`. Until its cells are laid it has bytes of its own, with the
 * initial values. Then each operation finds it in the memory that runs it.
 */
export class StandInBuffer {
  readonly byteLength: number;
  /** The initial values. */
  readonly initial: ArrayBuffer;
  readonly setup: SetupMemory;
  /** By offset and width: see `keyOf`. */
  readonly needed = new Map<number, NeededCell>();
  rules: BufferRules = { races: false, tearing: false, timeouts: true };
  private cells: ReadonlyMap<number, Cell | Cell64> | undefined;

  constructor(bytes: unknown, options: { readonly maxByteLength?: unknown } | undefined) {
    const length = toInteger(bytes);
    if (length < 0 || length > BYTES_MAX)
      throw new RangeError(`a SharedArrayBuffer of ${length} bytes: must be from 0 to ${BYTES_MAX}`);
    if (options?.maxByteLength !== undefined)
      throw new UnsupportedOperation('a growable SharedArrayBuffer: gfnring has buffers of a fixed length alone');
    this.byteLength = length;
    // Padded, so that views of each width can be made.
    this.initial = new ArrayBuffer((length + 7) & ~7);
    this.setup = new SetupMemory(this.initial);
    markConstant(this);
  }

  get growable(): boolean {
    return false;
  }
  get maxByteLength(): number {
    return this.byteLength;
  }
  grow(): never {
    throw new TypeError('this SharedArrayBuffer is not growable');
  }
  slice(begin?: unknown, end?: unknown): StandInBuffer {
    if (this.cells !== undefined)
      throw new UnsupportedOperation('SharedArrayBuffer.slice in an operation: copy a view');
    const [from, to] = [toRelative(begin, this.byteLength, 0), toRelative(end, this.byteLength, this.byteLength)];
    const copy = new StandInBuffer(Math.max(0, to - from), undefined);
    new Uint8Array(copy.initial).set(new Uint8Array(this.initial, from, copy.byteLength));
    register(copy);
    return copy;
  }
  get [Symbol.toStringTag](): string {
    return 'SharedArrayBuffer';
  }

  /** Notes that a view has `count` elements from byte `from` on. */
  need(from: number, count: number, { bytes, cell }: Pick<ElementType, 'bytes' | 'cell'>): void {
    for (let i = 0; i < count; i++) {
      const offset = from + i * bytes;
      const key = keyOf(offset, bytes);
      if (this.needed.has(key)) continue;
      if (this.cells !== undefined)
        throw new UnsupportedOperation(
          `a view of ${bytes} bytes an element that no other execution had: make one like it in setup`,
        );
      this.needed.set(key, { offset, bytes, type: cell });
    }
  }

  /** Its cells, by `keyOf`. From here on, operations use these. */
  lay(cells: ReadonlyMap<number, Cell | Cell64>, rules: BufferRules): void {
    this.cells = cells;
    this.rules = rules;
  }

  /** The cell of an element of a view. */
  cell(offset: number, bytes: number): Cell | Cell64 {
    if (this.cells === undefined) {
      if (activity()?.kind === 'trial') countTrial();
      return bytes === 8 ? { ...SETUP_CELL64, offset } : { ...SETUP_CELL, bits: (8 * bytes) as 8, offset };
    }
    return this.cells.get(keyOf(offset, bytes))!;
  }

  get isLaid(): boolean {
    return this.cells !== undefined;
  }
}

Object.setPrototypeOf(StandInBuffer.prototype, real.SharedArrayBuffer.prototype);

const SETUP_CELL = { kind: 'cell', id: -1, name: 'setup', bits: 8, signed: false, offset: 0 } as const;
const SETUP_CELL64 = { kind: 'cell64', id: -1, name: 'setup', bits: 64, signed: false, offset: 0 } as const;

export const keyOf = (offset: number, bytes: number): number => offset * 16 + bytes;

/** Thrown through an operation on trial that has been seen for long enough. */
export const TRIAL_OVER = Symbol('trial over');
const TRIAL_MAX = 5000;
let trialAccesses = 0;

export function beginTrial(): void {
  trialAccesses = 0;
}
function countTrial(): void {
  if (++trialAccesses > TRIAL_MAX) throw TRIAL_OVER;
}

/** The buffers of the scenario that is set up, in the order in which they were made. */
let made: StandInBuffer[] = [];

export function register(buffer: StandInBuffer): void {
  made.push(buffer);
}
/** The buffers that were made since the last call. */
export function takeBuffers(): readonly StandInBuffer[] {
  const all = made;
  made = [];
  return all;
}
