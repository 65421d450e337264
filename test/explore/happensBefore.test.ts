import { expect, test } from 'vitest';
import { interleavings, optimal, programOf, threadsOf, times } from './programs.ts';

const many = (step: string, n: number): string => times(n, () => step).join(';');

test('a long execution has the right number of classes', () => {
  const classes = (text: string) => optimal(programOf(threadsOf(text)));
  expect(classes(`${many('Rx', 300)} | Wx1`)).toMatchObject({ executions: 301, blocked: 0, classes: 301 });
  // With thirty threads, the vector clocks take much more memory than with two.
  const others = times(29, () => many('Ry', 20)).join(' | ');
  expect(classes(`${others} | Ry;Wx1;Wx2`)).toMatchObject({ executions: 1, blocked: 0, classes: 1 });
  expect(classes(`${others};Rx;Rx | Wx1;Wx2`)).toMatchObject({ executions: 6, blocked: 0, classes: 6 });
});

test('a wake-up does not depend on stores to its cell, nor does the resumption', () => {
  const wakes = programOf([(mem, cell) => mem.wake(cell('x')), ...threadsOf('Wx1')]);
  expect(optimal(wakes)).toMatchObject({ executions: 1, classes: 1 });
  expect(interleavings(wakes)).toMatchObject({ executions: 2, classes: 1 });
  const waits = programOf([
    (mem, cell) => mem.wait(cell('x'), 0),
    (mem, cell) => {
      mem.store(cell('x'), 1);
      mem.wake(cell('x'));
      mem.store(cell('x'), 2);
    },
  ]);
  // Either the waiter slept, or its wait came too late: before the wake-up, between it and the last
  // store, or after that.
  expect(optimal(waits)).toMatchObject({ executions: 4, classes: 4 });
  expect(interleavings(waits)).toMatchObject({ executions: 5, classes: 4 });
});
