import { describe, expect, test } from 'vitest';
import { Checker } from '../../src/check/checker.ts';
import { noProperties, type Properties } from '../../src/check/property.ts';
import { traceOf } from '../../src/explore/execution/trace.ts';
import { noLimits } from '../../src/explore/limits.ts';
import { createExecution } from '../../src/explore/memoryModels/registry.ts';
import type { Program } from '../../src/explore/program.ts';
import { Pct } from '../../src/explore/schedulers/pct.ts';
import { RandomWalk } from '../../src/explore/schedulers/randomWalk.ts';
import { ReplayScheduler, StrictReplayScheduler } from '../../src/explore/schedulers/replay.ts';
import { depthFirstSearch } from '../../src/explore/search/dfs.ts';
import { sampleExecutions } from '../../src/explore/search/sampling.ts';
import { StateCache } from '../../src/explore/states/stateCache.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';

const layout = new Layout();
const [x, y] = [layout.cell('x', 'u32'), layout.cell('y', 'u32')];
const [m, n] = [layout.lock('m', 'mutex'), layout.lock('n', 'mutex')];

const programOf = (...actors: ((mem: Memory) => unknown)[][]): Program => ({
  layout,
  init: () => {},
  actors: actors.map((operations, i) => ({
    name: 'abcdef'[i],
    operations: operations.map((run, k) => ({ label: `op${k}`, run })),
  })),
});

function searched(program: Program, properties: Partial<Properties> = {}, switches?: number) {
  const execution = createExecution('sc', program, 1000);
  const checker = new Checker(execution, { ...noProperties, ...properties });
  execution.observer = checker;
  return {
    ...depthFirstSearch(execution, checker, noLimits, {
      states: new StateCache(execution, checker, switches !== undefined),
      ...(switches === undefined ? {} : { bound: { kind: 'switches', max: switches } }),
    }),
    missing: checker.missing,
    execution,
  };
}

const increment = (mem: Memory): void => mem.store(x, mem.load(x) + 1);

describe('the search of all states', () => {
  test('finds every final state of store buffering, and no other', () => {
    const seen = new Set<string>();
    const sb = programOf(
      [
        (mem) => {
          mem.store(x, 1);
          return mem.load(y);
        },
      ],
      [
        (mem) => {
          mem.store(y, 1);
          return mem.load(x);
        },
      ],
    );
    const result = searched(sb, {
      finally: {
        all: ({ results }) => {
          seen.add(`${results[0][0]}${results[1][0]}`);
          return true;
        },
      },
    });
    expect(result.limit).toBeUndefined();
    expect([...seen].sort()).toEqual(['01', '10', '11']);
  });

  test('finds the lost update, and proves that a lock mends it', () => {
    const both = { finally: { 'both count': ({ read }: { read: (cell: typeof x) => number }) => read(x) === 2 } };
    expect(searched(programOf([increment], [increment]), both).violation?.property).toBe('both count');
    const locked = (mem: Memory): void => {
      mem.lock(m);
      increment(mem);
      mem.unlock(m);
    };
    expect(searched(programOf([locked], [locked]), both)).toMatchObject({ violation: undefined, limit: undefined });
  });

  test('the lost update needs two switches', () => {
    const both = { finally: { 'both count': ({ read }: { read: (cell: typeof x) => number }) => read(x) === 2 } };
    expect(
      [0, 1, 2].map(
        (switches) => searched(programOf([increment], [increment]), both, switches).violation !== undefined,
      ),
    ).toEqual([false, false, true]);
  });
});

describe('the search of all states: threads that wait', () => {
  test('finds a deadlock and reports which thread waits for which', () => {
    const take =
      (first: typeof m, second: typeof m) =>
      (mem: Memory): void => {
        mem.lock(first);
        mem.lock(second);
        mem.unlock(second);
        mem.unlock(first);
      };
    const { violation } = searched(programOf([take(m, n)], [take(n, m)]));
    expect(violation).toEqual({
      property: 'no deadlock',
      message: 'a waits for n, held by b; b waits for m, held by a',
    });
  });

  test('finds a lost wake-up, and none where the flag is looked at again', () => {
    const wake = (mem: Memory): void => {
      mem.store(x, 1);
      mem.wake(x);
    };
    const lost = (mem: Memory): void => {
      if (mem.load(x) === 0) mem.wait(x, mem.load(x));
    };
    const right = (mem: Memory): void => {
      mem.wait(x, 0);
    };
    expect(searched(programOf([lost], [wake])).violation?.message).toBe('a sleeps on x');
    expect(searched(programOf([right], [wake])).violation).toBeUndefined();
  });
});

describe('the search of all states: ends', () => {
  test('a claim that is never reached stays open', () => {
    expect(
      searched(programOf([increment]), {
        sometimes: { two: ({ read }) => read(x) === 2, one: ({ read }) => read(x) === 1 },
      }).missing,
    ).toEqual(['two']);
  });

  test('an endless spin loop is a livelock, with its iteration; one that ends is not', () => {
    const spins = (mem: Memory): void => {
      while (mem.load(x) === 0) mem.load(y);
    };
    expect(searched(programOf([spins], [(mem) => mem.store(y, 1)])).violation).toEqual({
      property: 'no livelock: some thread makes progress',
      message: 'a goes round: x → 0, y → 1',
    });
    expect(searched(programOf([spins], [(mem) => mem.store(x, 1)]))).toMatchObject({
      violation: undefined,
      limit: undefined,
    });
  });
});

/** The message of the breach that some execution of these actors ends with. */
const breach = (...actors: ((mem: Memory) => unknown)[][]) => {
  const execution = createExecution('sc', programOf(...actors), 1000);
  const checker = new Checker(execution, noProperties);
  execution.observer = checker;
  return sampleExecutions(execution, checker, new RandomWalk(1), { ...noLimits, executions: 50 }).violation?.message;
};
const busy = (mem: Memory): void => {
  for (let i = 0; i < 5; i++) mem.load(y);
};

describe('the rules of an operation: each breach is named', () => {
  test('a swallowed suspension', () => {
    const swallows = (mem: Memory): void => {
      try {
        mem.load(x);
        mem.load(x);
      } catch {
        /* the mistake */
      }
    };
    expect(breach([swallows], [busy])).toMatch(/^swallowed suspension: operation 1 of a, op0 caught/);
    const goesOn = (mem: Memory): void => {
      try {
        swallows(mem);
        mem.load(x);
      } catch {
        swallows(mem);
      }
    };
    expect(breach([goesOn], [busy])).toMatch(/^swallowed suspension: .* and went on to load x$/);
    // It is thrown out there again, as where a `finally` gives a lock back.
    const isThrownOut = (mem: Memory): void => {
      try {
        mem.load(x);
        mem.load(x);
      } catch {
        mem.load(y);
      }
    };
    expect(breach([isThrownOut], [busy])).toBeUndefined();
  });

  test('a value that differs on the second pass', () => {
    let calls = 0;
    expect(
      breach(
        [
          (mem) => {
            mem.store(x, ++calls);
            mem.load(y);
          },
        ],
        [busy],
      ),
    ).toMatch(/^differs on the second pass: step 1 of operation 1 of a, op0 was store x = \d+, .* it is store x = \d+/);
  });
});

describe('the rules of an operation: what is outside of mem', () => {
  test('outside state: another access, one too few, one too many, another result', () => {
    let calls = 0;
    expect(breach([(mem) => mem.load(calls++ % 2 ? x : y)])).toMatch(/^differs on the second pass/);
    calls = 0;
    expect(
      breach([
        (mem) => {
          mem.load(x);
          if (calls++ % 2 === 0) mem.load(y);
        },
      ]),
    ).toMatch(/^differs on the second pass/);
    calls = 0;
    expect(
      breach([
        (mem) => {
          mem.load(x);
          if (calls++ % 2 === 1) mem.load(y);
        },
      ]),
    ).toMatch(/^differs on the second pass/);
    calls = 0;
    expect(
      breach([
        (mem) => {
          mem.load(x);
          return calls++;
        },
      ]),
    ).toMatch(/returned \d+, then \d+ over the same results/);
  });

  test('the memory of another thread', () => {
    let stolen: Memory | undefined;
    const steals = (mem: Memory): void => {
      stolen ??= mem;
      stolen.load(x);
      mem.load(y);
    };
    expect(breach([steals], [steals])).toMatch(/that of another thread/);
  });

  test('an operation that throws is a crash', () => {
    expect(
      breach([
        (mem) => {
          mem.load(x);
          throw new TypeError('oops');
        },
      ]),
    ).toMatch(/^TypeError: oops, at test\/explore\/execution\.test\.ts:\d+$/);
  });
});

describe('schedules', () => {
  const three = programOf([increment, increment], [increment], [busyThree]);
  function busyThree(mem: Memory): void {
    mem.load(x);
    mem.store(y, 1);
  }

  test('going back and on again is the same as having gone there at once', () => {
    const schedule = [0, 1, 2, 1, 0, 0, 2, 0];
    const once = createExecution('sc', three, 100);
    once.reset();
    once.run(new ReplayScheduler(schedule));
    const back = createExecution('sc', three, 100);
    for (let steps = 0; steps < 8; steps++) {
      back.reset();
      back.run(new ReplayScheduler([2, 2, 1, 1, 0, 0, 0, 0]));
      back.backTo(0);
      back.run(new StrictReplayScheduler(schedule.slice(0, steps)));
      back.backTo(steps);
      const rest = schedule.slice(steps);
      back.run(new ReplayScheduler(rest));
      expect(traceOf(back)).toEqual(traceOf(once));
      expect(back.results).toEqual(once.results);
      expect(back.bytes.u8).toEqual(once.bytes.u8);
    }
  });

  test('the same seed gives the same executions, another seed others', () => {
    const runs = (seed: number, scheduler: (seed: number) => RandomWalk | Pct): string => {
      const execution = createExecution('sc', three, 100);
      const of = scheduler(seed);
      return Array.from({ length: 20 }, (_, i) => {
        of.begin(i);
        execution.reset();
        execution.run(of);
        return execution.schedule.slice(0, execution.steps).join('');
      }).join();
    };
    for (const scheduler of [(seed: number) => new RandomWalk(seed), (seed: number) => new Pct(seed, 3, 3, 8)]) {
      expect(runs(7, scheduler)).toBe(runs(7, scheduler));
      expect(runs(7, scheduler)).not.toBe(runs(8, scheduler));
    }
  });
});
