import { type Cell, type Cell64, type Lock, type Memory, type Names, scenario } from 'gfnring';

/** Only compiled: operations that are declared elsewhere, or made in a loop. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

const shared = {
  cells: { count: 'u32', wide: 'u64', slots: { type: 'u16', length: 4 } },
  locks: ['m'],
} as const;

function add(mem: Memory, { count, wide, slots, m }: Names<typeof shared>): number {
  same<typeof count, Cell>(true);
  same<typeof wide, Cell64>(true);
  same<typeof slots, readonly Cell[]>(true);
  same<typeof m, Lock>(true);
  return mem.fetchAdd(count, 1);
}
const show = (mem: Memory, { count }: { readonly count: Cell }, before: number): string =>
  `${before} of ${mem.load(count)}`;
const other = (mem: Memory, { none }: { readonly none: Cell }): number => mem.load(none);

export const elsewhere = scenario({
  name: 'elsewhere',
  ...shared,
  actors: {
    a: [add, show],
    b: Array.from({ length: 3 }, () => add),
    c: Array.from({ length: 3 }, (_, i) => (mem, { count }) => {
      same<typeof mem, Memory>(true);
      mem.store(count, i);
      return i;
    }),
    d: [...Array.from({ length: 3 }, () => add), add],
    e: new Array(3).fill(add),
  },
  always: {
    typed: ({ results }) => {
      same<typeof results.a, readonly [number | undefined, string | undefined]>(true);
      return true;
    },
  },
  finally: {
    typed: ({ results }) => {
      same<typeof results.a, readonly [number, string]>(true);
      same<(typeof results.b)[number], number>(true);
      same<(typeof results.c)[number], number>(true);
      same<(typeof results.d)[number], number>(true);
      return true;
    },
  },
});

export const many = scenario({
  name: 'many',
  ...shared,
  actors: Object.fromEntries(Array.from({ length: 3 }, (_, i) => [`actor${i}`, [add, add]])),
  finally: { typed: ({ results }) => results.actor0[0] === 0 },
});

export const chained = scenario({
  name: 'chained',
  cells: { count: 'u32' },
  actors: {
    a: [
      (mem, { count }) => mem.load(count),
      (_, __, before: number) => `${before}`,
      (_, __, before) => {
        same<typeof before, unknown>(true);
        return true;
      },
    ],
    again: [
      { run: (mem, { count }, before: number | undefined) => mem.load(count) + (before ?? 0), until: (n) => n > 3 },
    ],
    // @ts-expect-error the operation before it returns a number
    wrong: [(mem, { count }) => mem.load(count), (_, __, before: string) => before],
    // @ts-expect-error before the first operation it is undefined
    first: [show],
  },
});

const { cells } = shared;
// @ts-expect-error there is no such cell
scenario({ name: 'missing', cells, actors: { a: [other] } });
// @ts-expect-error there is no such cell
scenario({ name: 'made', cells, actors: { a: Array.from({ length: 3 }, () => other) } });
// @ts-expect-error a lock of that name is not in it
scenario({ name: 'lock', cells, actors: { a: [add] } });
