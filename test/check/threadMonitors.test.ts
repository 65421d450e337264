import { describe, expect, test } from 'vitest';
import type { ThreadMonitor } from '../../src/check/property.ts';
import { noProperties, type StepEvent } from '../../src/check/property.ts';
import type { Scenario } from '../../src/check/scenario.ts';
import type { Program } from '../../src/explore/program.ts';
import { kindNames } from '../../src/memory/kinds.ts';
import { Layout } from '../../src/memory/layout.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { told } from '../run/told.ts';

const layout = new Layout();
const x = layout.cell('x', 'u32');
const y = layout.cell('y', 'u32');
const lock = layout.lock('m', 'spinlock');

const programOf = (...threads: readonly (readonly ((mem: Memory) => unknown)[])[]): Program => ({
  layout,
  init: () => {},
  actors: threads.map((operations, t) => ({
    name: `t${t}`,
    operations: operations.map((run, i) => ({ label: `${i}`, run })),
  })),
});

/** Records what each thread does, and fails where the record of one equals `wrong`. */
function watch(wrong: string, seen: (event: StepEvent, isLocked: boolean) => string): ThreadMonitor<string> {
  const next = (state: string, more: string) =>
    more !== '' && state + more === wrong ? { property: 'watched', message: wrong } : state + more;
  return {
    name: 'watch',
    init: (thread) => `${thread}:`,
    step: (state, event, holds) => next(state, seen(event, holds(lock))),
    returned: (state, _, operation, result) => next(state, `[${operation}=${result}]`),
    key: (state) => state,
  };
}
const inWords = ({ kind, place, value }: StepEvent, isLocked: boolean): string =>
  `${kindNames[kind]} ${place.name} ${value}${isLocked ? ' locked' : ''}, `;

const watched = (program: Program, monitor: ThreadMonitor<string>): Scenario => ({
  name: 'watched',
  program,
  properties: { ...noProperties, threadMonitors: [monitor] },
});

const program = programOf(
  [
    (mem) => {
      mem.lock(lock);
      mem.store(x, 1);
      mem.wmb();
      mem.unlock(lock);
      return mem.load(y);
    },
    (mem) => mem.fetchAdd(y, 2),
  ],
  [(mem) => mem.store(y, 3)],
);

describe.each(['tso', 'rc11'] as const)('under %s, in program order', (memoryModel) => {
  test.each(['none', 'states', 'optimal'] as const)(
    'by %s, a thread monitor sees what each thread does',
    async (reduction) => {
      const own = 'lock m 1, store x 1 locked, unlock m 0 locked, load y 3, [0=3]fetchAdd y 5, [1=3]';
      const isSeen = (wrong: string) => told(watched(program, watch(wrong, inWords)), { memoryModel, reduction });
      expect(await isSeen(`0:${own}`)).toBe('violated watched');
      expect(await isSeen('0:store x 1 locked, ')).toBe('passed');
      expect(await isSeen('1:store y 3, [0=undefined]')).toBe('violated watched');
    },
  );
});

test('under sc and lkmm, and where stores are torn, it is not run', async () => {
  const monitor = watch('1:store y 3, ', inWords);
  expect(await told(watched(program, monitor), { memoryModel: 'sc' })).toBe('passed');
  expect(await told(watched(program, monitor), { memoryModel: 'lkmm', reduction: 'optimal' })).toBe('passed');
  expect(await told(watched(program, monitor), { memoryModel: 'tso', tearing: true })).toBe('passed');
  expect(await told(watched(program, monitor), { memoryModel: 'tso' })).toBe('violated watched');
});
