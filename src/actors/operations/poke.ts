import { BadInput } from '../../input/badInput.ts';
import { checkWholeNumber } from '../../input/fieldTypes.ts';
import type { Draw } from '../draw.ts';
import { storeToMapping } from '../hostile.ts';
import { defineOperation, NO_EFFECTS } from '../operation.ts';
import { operationsOf, performsAny, type VmView } from '../vmView.ts';
import { checkRing, ringField } from './values.ts';

const BITS = [8, 16, 32, 64] as const;
/** Bits of an entry. */
const ENTRY_BITS = 128;
/** The largest ring: what a byte of it may be. */
const MAPPED_MAX = 1 << 24;

function drawPoke(draw: Draw, ring: number) {
  // Half of them write cons, the index that userspace shares with the kernel.
  if (draw.upTo(2) === 0) return { do: 'poke', ring, at: 2, bits: 16, value: drawValue(draw, 16) } as const;
  const bits = draw.one(BITS);
  const at = draw.upTo((draw.vm.rings[ring].size * ENTRY_BITS) / bits) * (bits / 8);
  return { do: 'poke', ring, at, bits, value: drawValue(draw, bits) } as const;
}

const drawValue = (draw: Draw, bits: number): string => `${BigInt.asUintN(bits, draw.one(boundaryValuesOf(draw.vm)))}`;

/** Values around the sizes and the indices of the rings, and around the ends of each width. */
function boundaryValuesOf({ rings, index }: VmView): readonly bigint[] {
  const sizes = rings.flatMap(({ size }) => [size - 1, size, size + 1]);
  const small = [0, 1, 2, 3, ...sizes].flatMap((n) => [BigInt(n), BigInt(index + n)]);
  const ends = [7n, 8n, 15n, 16n, 31n, 32n, 63n, 64n].flatMap((bits) => [
    (1n << bits) - 1n,
    1n << bits,
    (1n << bits) - 2n,
  ]);
  return [...small, ...ends];
}

export const pokeOperation = defineOperation({
  name: 'poke',
  about: 'writes to memory that userspace maps: any bytes of a ring or a list, at any width',
  roles: ['hostile'],
  fields: (t) => ({
    ...ringField(t),
    at: t.wholeNumber(0, MAPPED_MAX).describe('the first byte, a multiple of the width'),
    bits: t.oneNumberOf(BITS).describe('the width in bits'),
    value: t.unsigned(64).describe('what is written'),
  }),
  label: ({ ring, at, bits, value }) => `poke ring${ring}+${at} u${bits} = ${value}`,
  effects: NO_EFFECTS,
  build({ ring, at, bits, value }, { mapped }) {
    const place = mapped(ring, at, bits);
    const stored = BigInt(value);
    return (mem) => storeToMapping(mem, place, stored);
  },
  check(op, site) {
    const { ring, at, bits, value } = op;
    const { where, vm, tracker } = site;
    checkRing(op, site);
    const bytes = tracker.mappedBytes(vm.rings, ring);
    if (bytes === 0) throw new BadInput(`${where}.ring is ${ring}: the tracker ${tracker.name} maps no memory there`);
    checkWholeNumber(at, `${where}.at`, 0, bytes - bits / 8);
    if (at % (bits / 8) !== 0)
      throw new BadInput(`${where}.at is ${at}: must be a multiple of the ${bits / 8} bytes it writes`);
    if (BigInt(value) >> BigInt(bits) !== 0n)
      throw new BadInput(
        `${where}.value is ${JSON.stringify(value)}: must be a whole number below 2^${bits}, or one in a text`,
      );
  },
  // Userspace that rewrites its own entries takes checkpoints that are not the guest.
  assumes: (vm) => !performsAny(vm, 'checkpoint', 'replicate', 'migrate'),
  *shrink(op) {
    const value = BigInt(op.value);
    if (value > 1n) yield { ...op, value: `${value >> 1n}` };
    if (value > 0n) yield { ...op, value: `${value - 1n}` };
  },
  mutate: ({ ring }, draw) => drawPoke(draw, ring),
  draw(draw) {
    const rings = [...hostileRings(draw.vm)];
    return rings.length === 0 ? undefined : drawPoke(draw, draw.one(rings));
  },
});

/**
 * The rings that hostile userspace writes to. Properties do not protect its own pages from that.
 */
export const hostileRings = (vm: VmView): ReadonlySet<number> =>
  new Set(operationsOf(vm).flatMap((op) => (op.do === 'poke' ? [(op as { ring: number } & typeof op).ring] : [])));
