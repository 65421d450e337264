import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Execution } from '../src/explore/execution/execution.ts';
import { TraceCounter } from '../src/explore/search/traceCounter.ts';
import { StateCache } from '../src/explore/states/stateCache.ts';
import { ProgramArbitrary, type ProgramShape } from './arbitraries/program.ts';
import { crossCheck, type Searches, searches } from './crossCheck.ts';

/**
 * That the cross-check of drawn programs can fail: mistakes that it must notice. Others, and the small programs that notice them, are in `selftest/mistakes`.
 *
 * Here are those in modules of functions; those in classes are put in where they are needed.
 */
const mistakes = vi.hoisted(() => ({ insertDrops: false }));

vi.mock('../src/explore/optimalDpor/wakeupTree.ts', async (importOriginal) => {
  const real = await importOriginal<typeof import('../src/explore/optimalDpor/wakeupTree.ts')>();
  let calls = 0;
  return {
    ...real,
    insertSequence: (...args: Parameters<typeof real.insertSequence>) => {
      if (!mistakes.insertDrops || ++calls % 5 !== 0) real.insertSequence(...args);
    },
  };
});

const drawn = fc.sample(new ProgramArbitrary(100), { numRuns: 200, seed: 3 });

/** A search with a mistake in it need not end. */
const ending: Searches['optimal'] = (execution, judge, limits, options) =>
  searches.optimal(execution, judge, { ...limits, executions: 1000, seconds: 1 }, options);

/** What the first program says that notices something. */
function noticed(by: Partial<Searches> = {}, programs: readonly ProgramShape[] = drawn): string[] {
  for (const program of programs) {
    const differences = crossCheck(program, new Map(), { ...searches, optimal: ending, ...by });
    if (differences.length > 0) return differences;
  }
  return [];
}

/** Methods that were replaced, as they were. A spy of vitest keeps all calls, which are too many here. */
const replaced: (() => void)[] = [];

function put<T extends object, K extends keyof T>(object: T, name: K, by: T[K]): void {
  const before = object[name];
  replaced.push(() => {
    object[name] = before;
  });
  object[name] = by;
}

afterEach(() => {
  for (const restore of replaced.splice(0)) restore();
  mistakes.insertDrops = false;
});

test('without a mistake there is nothing to be noticed', () => {
  expect(noticed()).toEqual([]);
});

describe('the cross-check notices', () => {
  test('a wakeup tree that loses a branch', () => {
    mistakes.insertDrops = true;
    expect(noticed().join()).toMatch(/: 0, not 1/);
  });

  test('a cmpxchg that succeeds when it comes first, and leaves behind what it then conflicts with', () => {
    put(Execution.prototype, 'changes', () => true);
    const program: ProgramShape = {
      shape: 2,
      threads: [
        [{ asks: false, body: [{ do: 'cmpxchg', cell: 0, expected: 256, value: 1 }] }],
        [{ asks: false, body: [{ do: 'xchg', cell: 1, value: 1 }] }],
        [{ asks: false, body: [{ do: 'store', cell: 2, value: 1 }] }],
        [{ asks: false, body: [{ do: 'load', cell: 2 }] }],
      ],
    };
    expect(noticed({}, [program])[0]).toBe('executions of the optimal reduction: 8, not 9');
  });

  test('states that do not know who sleeps, or what operations returned', () => {
    class Forgetful extends StateCache {
      private readonly of: Execution;
      constructor(...[execution, judge]: ConstructorParameters<typeof StateCache>) {
        super(execution, judge);
        this.of = execution;
      }
      override add(spent: number): boolean {
        const asleep = this.of.asleep.slice();
        this.of.asleep.fill(-1);
        const isNew = super.add(spent);
        this.of.asleep.set(asleep);
        return isNew;
      }
    }
    expect(noticed({ statesOf: (execution, judge) => new Forgetful(execution, judge) })[0]).toMatch(/^final states/);
    class Careless extends StateCache {
      override add(spent: number): boolean {
        this.withResults = false;
        const isNew = super.add(spent);
        this.withResults = true;
        return isNew;
      }
    }
    const careless: Searches['statesOf'] = (execution, judge) => new Careless(execution, judge);
    expect(noticed({ statesOf: careless })[0]).toMatch(/^final states/);
  });

  test('classes that are taken for one', () => {
    const { add } = TraceCounter.prototype;
    let calls = 0;
    put(TraceCounter.prototype, 'add', function (this: TraceCounter) {
      return ++calls % 3 === 0 && add.call(this);
    });
    expect(noticed().join()).toContain('classes that are counted');
  });
});
