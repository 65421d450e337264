import { BadInput } from '../input/badInput.ts';
import { performAccess } from './accessMemory.ts';
import type { Cell, Place } from './cell.ts';
import { ForwardingMemory } from './forwardingMemory.ts';
import { isLoad, isRmw, Kind, methodOf, type RmwKind, rmwKind } from './kinds.ts';
import type { Layout } from './layout.ts';
import type { Memory } from './memory.ts';

/** A cell that is a part of a word: see `Layout.words`. */
interface Part {
  readonly word: Cell;
  /** The bit of the word at which the part begins. */
  readonly shift: number;
  /** Ones in the bits of the part, in the lowest place. */
  readonly mask: number;
}

/** By the id of a cell: the word that it is a part of. */
export type Parts = ReadonlyMap<number, Part>;

export const partsOf = ({ places, words }: Layout): Parts =>
  new Map(
    words.flatMap((word) =>
      places
        .filter(({ offset, bits }) => bits < word.bits && offset >= word.offset && offset < word.offset + word.bits / 8)
        .map(({ id, offset, bits }) => [id, { word, shift: 8 * (offset - word.offset), mask: 2 ** bits - 1 }] as const),
    ),
  );

/**
 * Another memory, for models that know neither accesses of several sizes nor wait queues.
 *
 * A load or a read-modify-write of a part of a word is one of the word. A store of a part, or a
 * read-modify-write that has no counterpart, goes to the part, which such a model refuses.
 *
 * A `wait` is a full fence, and then loads until the value is another one; a `wake` is a full
 * fence. That is what futexes order at least. A thread whose value changed never sleeps on, so a
 * lost wake-up does not show.
 */
export class WholeWordMemory extends ForwardingMemory {
  private readonly parts: Parts;

  constructor(mem: Memory, parts: Parts) {
    super(mem);
    this.parts = parts;
  }

  /** Returns false: it never sleeps. */
  override wait(cell: never, expected: never, timeout?: number): never {
    if (timeout !== undefined) this.startWait();
    this.mem.mb();
    this.mem.waitUntil(cell as Cell, (value) => value >>> 0 !== (expected as number) >>> 0);
    return false as never;
  }
  override startWait(): boolean {
    throw new BadInput('wait with a time-out: wait queues are not known under lkmm');
  }
  override endWait(): 'ok' {
    throw new BadInput('wait with a time-out: wait queues are not known under lkmm');
  }
  override wake(_: never, count?: number): never {
    if (count !== undefined) throw new BadInput('wake with a count: wait queues are not known under lkmm');
    this.mem.mb();
    return undefined as never;
  }

  protected override access(
    kind: number,
    place: Place,
    operand: number | bigint,
    expected: number | bigint,
  ): number | bigint {
    const { mem } = this;
    const part = this.parts.get(place.id);
    const whole = part && accessOfWord(kind, part, operand as number);
    if (part === undefined || whole === undefined) return performAccess(mem, kind, place, operand, expected);
    const word = performAccess(mem, whole.kind, part.word, whole.operand, 0) as number;
    return (word >>> part.shift) & part.mask;
  }
}

/** The access of a word that does to one of its parts what this access does; undefined: none. */
function accessOfWord(
  kind: number,
  { shift, mask }: Part,
  operand: number,
): { readonly kind: number; readonly operand: number } | undefined {
  if (isLoad(kind)) return { kind, operand: 0 };
  if (!isRmw(kind)) return undefined;
  const { name, order = 'full' } = methodOf(kind);
  const others = ~(mask << shift) >>> 0;
  const update = (base: RmwKind, value: number) => ({ kind: rmwKind(base, order), operand: value >>> 0 });
  if (name === 'fetchOr') return update(Kind.fetchOr, operand << shift);
  if (name === 'fetchAnd') return update(Kind.fetchAnd, (operand << shift) | others);
  if (name === 'xchg' && operand === 0) return update(Kind.fetchAnd, others);
  // It carries into nothing above the part only if that is the highest one, or does not overflow:
  // versions of pages start at 0 and are counted by ones.
  return name === 'fetchAdd' ? update(Kind.fetchAdd, operand << shift) : undefined;
}
