import { describe, expect, test } from 'vitest';
import type { SharedDefinition } from '../../src/shared/index.ts';
import { choose, sharedScenario } from '../../src/shared/index.ts';
import { explore, type Options } from '../../src/testing/explore.ts';

const words = (length = 4) => ({ words: new Int32Array(new SharedArrayBuffer(4 * length)) });
type Words = ReturnType<typeof words>;
const run = async (definition: Omit<SharedDefinition<Words>, 'name' | 'setup'>, options: Options = {}) =>
  await explore(sharedScenario({ name: 'words', setup: words, ...definition }), { minimise: 0, ...options });

const storeAndLoad =
  (isAtomic: boolean, to: number, from: number) =>
  ({ words: w }: Words): number => {
    if (isAtomic) Atomics.store(w, to, 1);
    else w[to] = 1;
    return isAtomic ? Atomics.load(w, from) : w[from];
  };

/** The types of Node 20 lack it. */
const { waitAsync } = Atomics as unknown as {
  readonly waitAsync: (
    view: Int32Array,
    index: number,
    value: number,
  ) => { readonly async: boolean; readonly value: Promise<string> };
};

const MODELS = ['sc', 'tso', 'rc11'] as const;

describe.each(MODELS)('under %s', (memoryModel) => {
  test('Atomics are sequentially consistent, and other accesses are not', async () => {
    const buffering = (isAtomic: boolean) =>
      run(
        {
          actors: {
            a: [storeAndLoad(isAtomic, 0, 1)],
            b: [storeAndLoad(isAtomic, 1, 0)],
          },
          finally: { 'one sees the other': (_, { a, b }) => a[0] === 1 || b[0] === 1 },
        },
        { memoryModel },
      );
    expect((await buffering(true)).outcome).toBe('passed');
    expect((await buffering(false)).outcome).toBe(memoryModel === 'sc' ? 'passed' : 'violated');
  });

  test('a wait has three results', async () => {
    const { outcome } = await run(
      {
        actors: {
          waits: [({ words: w }) => Atomics.wait(w, 0, 0, 50)],
          wakes: [({ words: w }) => [Atomics.store(w, 0, 1), Atomics.notify(w, 0)]],
        },
        sometimes: {
          'it is woken': (_, { waits, wakes }) => waits[0] === 'ok' && wakes[0]?.[1] === 1,
          'its time is over': (_, { waits }) => waits[0] === 'timed-out',
          'it comes late': (_, { waits }) => waits[0] === 'not-equal',
        },
      },
      { memoryModel },
    );
    expect(outcome).toBe('passed');
  });

  test('a notify orders what comes before it before what the woken thread does', async () => {
    const { outcome } = await run(
      {
        races: true,
        actors: {
          waits: [
            ({ words: w }) => {
              while (Atomics.load(w, 0) === 0) Atomics.wait(w, 0, 0);
              return w[1];
            },
          ],
          wakes: [
            ({ words: w }) => {
              w[1] = 7;
              Atomics.store(w, 0, 1);
              Atomics.notify(w, 0, 1);
            },
          ],
        },
        finally: { 'it sees the word': (_, { waits }) => waits[0] === 7 },
      },
      { memoryModel },
    );
    expect(outcome).toBe('passed');
  });
});

describe('callbacks of an operation', () => {
  test('microtasks come before immediates, and these before timers', async () => {
    const order = ({ words: w }: Words) => {
      const seen: string[] = [];
      setTimeout(() => seen.push(`timer ${Date.now()}`), 30);
      setTimeout(() => seen.push('first timer'), 5);
      const cancelled = setTimeout(() => seen.push('never'), 1);
      setImmediate((what) => seen.push(what), 'immediate');
      queueMicrotask(() => seen.push('microtask'));
      clearTimeout(cancelled);
      return () => [...seen, Atomics.load(w, 0)].join();
    };
    const { outcome } = await run({
      actors: { a: [order] },
      finally: { 'in this order': (_, { a }) => a[0] === 'microtask,immediate,first timer,timer 30,0' || a[0] },
    });
    expect(outcome).toBe('passed');
  });

  test('a thread goes on while it waits asynchronously', async () => {
    const waits = ({ words: w }: Words) => {
      let how: unknown = 'nothing';
      const { async, value } = waitAsync(w, 0, 0);
      if (async)
        value.then((result) => {
          how = result;
        });
      Atomics.store(w, 1, 1);
      return () => (async ? how : value);
    };
    const { outcome } = await run({
      actors: {
        waits: [waits],
        wakes: [
          ({ words: w }) => {
            while (Atomics.load(w, 1) === 0);
            return Atomics.notify(w, 0);
          },
        ],
      },
      finally: { 'it is woken': (_, { waits, wakes }) => waits[0] === 'ok' && wakes[0] === 1 },
    });
    expect(outcome).toBe('passed');
  });

  test('a timer may come before a wake-up, and after it', async () => {
    const waits = ({ words: w }: Words) => {
      const seen: unknown[] = [];
      const { async, value } = waitAsync(w, 0, 0);
      if (async) value.then((result) => seen.push(result));
      setTimeout(() => seen.push('timer'), 10);
      return () => seen.join();
    };
    const { outcome } = await run({
      actors: { waits: [waits], wakes: [({ words: w }) => [Atomics.store(w, 0, 1), Atomics.notify(w, 0)]] },
      sometimes: {
        'the wake-up is first': (_, { waits }) => waits[0] === 'ok,timer',
        'the timer is first': (_, { waits }) => waits[0] === 'timer,ok',
      },
    });
    expect(outcome).toBe('passed');
  });
});

test('a choice of the scheduler', async () => {
  const { findings } = await run({
    actors: { a: [({ words: w }) => Atomics.add(w, 0, choose(3))] },
    finally: { small: ({ words: w }) => w[0] < 2 },
  });
  expect(findings.map(({ property }) => property)).toEqual(['small']);
});

test('elements of eight bytes may tear where the scenario says so', async () => {
  const torn = (tearing: boolean) =>
    explore(
      sharedScenario({
        name: 'torn',
        tearing,
        setup: () => ({ big: new BigUint64Array(new SharedArrayBuffer(8)) }),
        actors: {
          a: [
            ({ big }) => {
              big[0] = (1n << 64n) - 1n;
            },
          ],
          b: [({ big }) => big[0]],
        },
        finally: { whole: (_, { b }) => b[0] === 0n || b[0] === (1n << 64n) - 1n },
      }),
    );
  expect([(await torn(false)).outcome, (await torn(true)).outcome]).toEqual(['passed', 'violated']);
});

describe('mistakes end in one line', () => {
  const refused = (definition: object): string => {
    try {
      sharedScenario({ name: 'x', setup: words, actors: { a: [() => 0] }, ...definition } as never);
    } catch (error) {
      return (error as Error).message;
    }
    return 'nothing';
  };

  test.each([
    [{ name: '' }, 'scenario: name is an empty text'],
    [{ cells: {} }, 'scenario x: there is no cells: it has name, setup, actors'],
    [{ setup: () => 0 }, 'scenario x: setup makes no SharedArrayBuffer: import gfnring/shared before'],
    [{ setup: 5 }, 'scenario x: setup is 5: must be a function'],
    [
      { setup: () => new SharedArrayBuffer(-1) },
      'scenario x: setup throws RangeError: a SharedArrayBuffer of -1 bytes',
    ],
    [{ setup: () => Reflect.construct(SharedArrayBuffer, [8, { maxByteLength: 16 }]) }, 'a growable SharedArrayBuffer'],
    [
      { setup: () => Reflect.construct(class extends Int32Array {}, [new SharedArrayBuffer(8)]) },
      'a subclass of Int32Array',
    ],
    [{ actors: {} }, 'scenario x: actors is empty'],
    [{ actors: { a: [async () => 0] } }, 'scenario x: actors.a[0] is async or a generator'],
    [{ finally: { f: 1 } }, 'scenario x: finally.f is 1: must be a function'],
  ])('%o', (definition, message) => {
    const text = refused(definition);
    expect(text).not.toContain('\n');
    if (message !== 'scenario: name is an empty text') expect(text).toContain(message);
  });

  test('what gfnring cannot run', async () => {
    const refuses = (operation: (shared: Words) => unknown, message: string) =>
      expect(run({ actors: { a: [operation] } })).rejects.toThrow(message);
    await refuses(() => new SharedArrayBuffer(4), 'a SharedArrayBuffer that an operation makes: make it in setup');
    await refuses(
      ({ words: w }) => [waitAsync(w, 0, 0), waitAsync(w, 1, 0)],
      'two calls of Atomics.waitAsync that are not settled, in one operation',
    );
    let runs = 0;
    await refuses(
      // Only the first time, on trial, it makes no other view.
      ({ words: w }) => (runs++ === 0 ? 0 : new Int16Array(w.buffer, 2, 1)[0]),
      'a view of 2 bytes an element that no other execution had: make one like it in setup',
    );
  });

  test('a property may only read', async () => {
    const writes = run({
      actors: { a: [({ words: w }) => w[0]] },
      finally: { writes: ({ words: w }) => w.fill(1) && true },
    });
    await expect(writes).rejects.toThrow('finally.writes throws TypeError: a property changes shared memory');
  });
});
