import type { StateView } from '#dist/check/property.js';
import type { Scenario } from '#dist/check/scenario.js';
import { Execution } from '#dist/explore/execution/execution.js';
import { noLimits } from '#dist/explore/limits.js';
import { depthFirstSearch } from '#dist/explore/search/dfs.js';
import { StateCache } from '#dist/explore/states/stateCache.js';
import type { Cell, Lock } from '#dist/memory/cell.js';
import type { Memory } from '#dist/memory/memory.js';
import { benchmarkRing, type Yardstick } from '#dist/scenario/benchmarkRing.js';
import { scenario } from '#dist/scenario/define.js';
import { explored, searched } from '../explored.ts';
import { scenarioOf } from '../program.ts';
import { equal, refused } from '../selfCheck.ts';

/**
 * Program; interleavings, happens-before classes and reads-from classes; and the classes within 0, 1, 2, … preemptions. The first are counted by hand as multinomials,
 * the others are those that GenMC publishes (see `test/explore/counts.test.ts`).
 */
const KNOWN: readonly (readonly [string, number, number, number, readonly number[]])[] = [
  ['x=1; y | y=1; x', 6, 3, 3, [2, 3]],
  ['x=1; y=2 | y=1; x=2', 6, 3, 1, [2, 3]],
  ['x=1; x=2 | x; x', 6, 6, 6, [2, 4, 6]],
  ['x=1 | x=2 | x; x | x', 60, 36, 21, [18, 36]],
  ['x=1 | x; y | y; x | y=1', 180, 15, 15, [14, 15]],
  ['a=1; c=1; b=1; d=1 | b; a | d; c', 420, 9, 9, [4, 9]],
  ['x=1 | x; x=2 | x; x=3', 30, 22, 8, [6, 18, 22]],
  ['add x 1 | add x 1 | add x 1', 6, 6, 6, [6]],
  ['add x 1; add y 1 | add x 1; add y 1 | add x 1; add y 1', 90, 36, 36, [6, 24, 36]],
];

/** Counted by hand: a lock is taken by one after the other; a wait comes before, between or after a store and the wake-up behind it. */
const WAITING: readonly (readonly [string, number, number])[] = [
  ['lock m; x=1; unlock m | lock m; x=2; unlock m', 2, 2],
  ['lock m; x=1; unlock m; y=1 | lock m; x=2; unlock m', 5, 2],
  ['wait x 0 | x=1; wake x', 3, 3],
];

/** A cmpxchg on a half, and accesses to the other half and to the whole. */
const HALVES: readonly (readonly [string, number])[] = [
  ['cas L 0 1 | xchg w 65537', 2],
  ['L=1 | H=1 | w', 4],
  ['w=65537 | L; H', 3],
  ['H=1 | cas w 0 1 | L', 3],
];

export function interleavings(): void {
  for (const [text, executions, classes, readsFrom] of KNOWN) {
    const seen = explored(text, { reduction: 'none' });
    equal(`interleavings, classes, reads-from of ${text}`, countsOf(seen), [executions, classes, readsFrom]);
    equal(`the limit of ${text}`, [seen.limit, seen.blocked, seen.violation], [undefined, 0, undefined]);
  }
  for (const [text, executions, classes] of WAITING) {
    const seen = explored(text, { reduction: 'none' });
    equal(`interleavings and classes of ${text}`, [seen.executions, seen.classes], [executions, classes]);
  }
}

export function optimal(): void {
  for (const [text, , classes] of [...KNOWN, ...WAITING]) {
    for (const order of classes > 20 ? [text] : ordersOf(text)) {
      const { executions, blocked, classes: apart } = explored(order, { reduction: 'optimal' });
      equal(`executions, given up, classes of ${order}`, [executions, blocked, apart], [classes, 0, classes]);
    }
  }
  for (const [text, classes] of HALVES) {
    for (const order of ordersOf(text)) {
      const seen = explored(order, { reduction: 'optimal' });
      equal(`executions and classes of ${order}`, [seen.executions, seen.classes], [classes, classes]);
      equal(`outcomes of ${order}`, seen.outcomes, explored(order, { reduction: 'none' }).outcomes);
    }
  }
  // Who holds a lock for ever is overtaken all the same.
  const held = explored('lock m; x; assume 1; unlock m | lock m; x=1; unlock m', { reduction: 'optimal' });
  equal('executions, and those that keep the lock', [held.executions, held.blocked], [1, 1]);
  for (const [name, classes] of [
    ['ring-s', 46],
    ['ring-m', 553],
  ] as const)
    equal(`classes of ${name}`, countOf(name, 'optimal'), {
      executions: classes,
      blocked: 0,
      classes,
      limit: undefined,
    });
}

export function states(): void {
  for (const [name, count] of [
    ['ring-s', 1_206],
    ['ring-m', 8_688],
  ] as const)
    equal(`states of ${name}`, searched(benchmarkRing(name)).states, count);
  equal("states of Peterson's lock, as TLC counts them", petersonStates(), 42);
  const waiting = ['wait x 0; y | x=1; wake x | y=1', 'wait x 0; y=1 | wake x; x=1; wake x | y'];
  const inTurn = ['x > x > x | x=1 > x=2', 'x; ?1; y > x > y | y=1; x=1 > y=0'];
  for (const text of [...KNOWN.map(([of]) => of), ...waiting, ...inTurn]) {
    const [one, other] = (['states', 'none'] as const).map((reduction) => explored(text, { reduction }, 'x').outcomes);
    equal(`outcomes of ${text}, by states`, one, other);
  }
}

export function preemptions(): void {
  // A state that is come to at more than one price.
  const dear = 'x=1; y=2; y=1 | y; y';
  const [one, other] = (['states', 'none'] as const).map((reduction) => explored(dear, { reduction, preemptions: 2 }));
  equal(`outcomes of ${dear} within 2 preemptions, by states`, one.outcomes, other.outcomes);
  for (const [text, , classes, , within] of KNOWN.filter(([, runs]) => runs < 100)) {
    for (const [most, count] of [...within, classes].entries()) {
      const seen = explored(text, { reduction: 'optimal', preemptions: most });
      equal(`classes of ${text} within ${most} preemptions, optimal`, seen.executions, count);
      const all = explored(text, { reduction: 'none', preemptions: most });
      equal(`classes of ${text} within ${most} preemptions, by interleavings`, all.classes, count);
      const some = explored(text, { preemptions: most });
      equal(`outcomes of ${text} within ${most} preemptions, by states`, some.outcomes, all.outcomes);
    }
  }
}

export function symmetry(): void {
  const locked = (count: number, expected: number): Scenario => {
    const of = scenarioOf('alike', Array.from({ length: count }, () => 'lock m; x; unlock m').join('|'));
    const { actors, layout } = of.program;
    const [m, x] = layout.places as [Lock, Cell];
    const add = (mem: Memory): void => {
      mem.lock(m);
      mem.store(x, mem.load(x) + 1);
      mem.unlock(m);
    };
    const alike = actors.map(({ name }) => ({ name, operations: [{ label: 'add', run: add }] }));
    const properties = {
      ...of.properties,
      finally: { 'all are counted': ({ read }: StateView) => read(x) === expected },
    };
    return { ...of, program: { ...of.program, actors: alike }, properties };
  };
  // (done, idle) by number, and one of four places of the one that is on; without symmetry, each subset of threads is a state of its own.
  equal('states of five alike', searched(locked(5, 5), { symmetry: true }).states, 5 * 4 + 1);
  equal('states of five', searched(locked(5, 5)).states, 2 ** 5 + 5 * 3 * 2 ** 4);
  equal('what three alike violate', searched(locked(3, 2), { symmetry: true }).violation?.property, 'all are counted');
  refused('actors that differ', /no two actors have the same operations/, () =>
    searched(scenarioOf('differ', 'x | x=1'), { symmetry: true }),
  );
}

const countsOf = ({ executions, classes, readsFrom }: ReturnType<typeof searched>) => [executions, classes, readsFrom];

function countOf(name: Yardstick, reduction: 'optimal') {
  const { executions, blocked, classes, limit } = searched(benchmarkRing(name), { reduction });
  return { executions, blocked, classes, limit };
}

/** The threads of a text, as they stand and the other way round, and with the first one last. */
function ordersOf(text: string): string[] {
  const threads = text.split('|').map((thread) => thread.trim());
  return [threads, threads.toReversed(), [...threads.slice(1), threads[0]]].map((of) => of.join(' | '));
}

/** Labels as in the PlusCal text: ncs, a1: flag := TRUE, a2: turn := other, a3: await, cs, a4: flag := FALSE; for ever. Await is one step. */
function petersonStates(): number {
  type Names = { readonly [K in 'flag0' | 'flag1' | 'turn' | 'all' | 'rest']: Cell };
  const actor = (self: 0 | 1) => ({
    label: 'next',
    run: (mem: Memory, names: Names, before: unknown): string | undefined => {
      const mine = self === 0 ? names.flag0 : names.flag1;
      switch (before) {
        case undefined:
          mem.load(names.rest);
          return 'a1';
        case 'a1':
          mem.store(mine, 1);
          return 'a2';
        case 'a2':
          mem.store(names.turn, 1 - self);
          return 'a3';
        case 'a3': {
          const word = mem.load(names.all);
          const theirs = (word >>> (self === 0 ? 8 : 0)) & 0xff;
          return theirs === 0 || ((word >>> 16) & 0xff) === self ? 'cs' : 'a3';
        }
        case 'cs':
          mem.load(names.rest);
          return 'a4';
        default:
          mem.store(mine, 0);
          return undefined;
      }
    },
    until: () => false,
  });
  const { program: peterson } = scenario({
    name: 'peterson',
    cells: {
      all: 'u32',
      flag0: { type: 'u8', over: 'all', byte: 0 },
      flag1: { type: 'u8', over: 'all', byte: 1 },
      turn: { type: 'u8', over: 'all', byte: 2 },
      rest: 'u32',
    },
    actors: { zero: [actor(0)], one: [actor(1)] },
  });
  const execution = new Execution(peterson, 1000);
  const judge = { atEnd: () => undefined, key: () => '', resultsMatter: false, sees: () => false };
  const visited = new StateCache(execution, judge);
  depthFirstSearch(execution, judge, noLimits, { states: visited });
  return visited.size;
}
