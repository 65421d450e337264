import { assume, type Cell, type Cell64, type Lock, type Memory, scenario } from 'gfnring';

/** Only compiled: all types are inferred without annotations. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

export const inferred = scenario({
  name: 'inferred',
  cells: {
    x: 'u32',
    wide: { type: 'u64', initial: 1n },
    many: { type: 'u16', length: 4 },
    low: { type: 'u8', over: 'x', byte: 1 },
  },
  locks: ['m'],
  actors: {
    a: [
      (mem, { x, wide, many, low, m }) => {
        same<typeof mem, Memory>(true);
        same<typeof x, Cell>(true);
        same<typeof low, Cell>(true);
        same<typeof wide, Cell64>(true);
        same<typeof many, readonly Cell[]>(true);
        same<typeof m, Lock>(true);
        assume(mem.load(x) < 3);
        return mem.load(many[0]);
      },
      (mem, { wide }) => mem.load64(wide),
    ],
    b: [
      { label: 'again', run: (mem, { x }) => mem.load(x) === 1, until: (seen) => seen },
      // @ts-expect-error there is no such cell
      (mem, { y }) => mem.load(y),
    ],
  },
  always: {
    small: ({ read, cells, holder, locks, results }) => {
      same<(typeof results.a)[0], number | undefined>(true);
      same<ReturnType<typeof holder>, 'a' | 'b' | undefined>(true);
      return read(cells.x) < 2 && read(cells.wide) < 2n && holder(locks.m) !== 'b';
    },
    // @ts-expect-error there is no such lock
    lock: ({ holder, locks }) => holder(locks.n) === undefined,
  },
  finally: {
    end: ({ results }) => {
      same<(typeof results.a)[0], number>(true);
      same<(typeof results.a)[1], bigint>(true);
      return results.a[0] === 1 || `was ${results.a[0]}`;
    },
    // @ts-expect-error there is no such actor
    noActor: ({ results }) => results.c[0] === 1,
  },
});

export const kinds = scenario({
  name: 'kinds',
  cells: {},
  locks: { m: 'mutex', s: 'spinlock' },
  actors: {
    a: [
      (mem, { m, s }) => {
        mem.lock(m);
        mem.lock(s);
        // @ts-expect-error a lock is no cell
        mem.load(s);
      },
    ],
  },
});

export const races = scenario({ name: 'races', cells: { x: 'u32', y: 'u32' }, racy: ['x'], actors: { a: [] } });
// @ts-expect-error no such cell
scenario({ name: 'races', cells: { x: 'u32' }, racy: ['z'], actors: { a: [] } });

// @ts-expect-error no such type of cell
scenario({ name: 'u7', cells: { x: 'u7' }, actors: {} });
