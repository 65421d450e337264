import { expect, test } from 'vitest';
import { optimal, programOf, threadsOf, times } from './programs.ts';

const many = (step: string, n: number): string => times(n, () => step).join(';');

test('a long execution has as many classes as it should', () => {
  const classes = (text: string) => optimal(programOf(threadsOf(text)));
  expect(classes(`${many('Rx', 300)} | Wx1`)).toMatchObject({ executions: 301, blocked: 0, classes: 301 });
  // Thirty threads: the clocks take up much more than they do for two.
  const others = times(29, () => many('Ry', 20)).join(' | ');
  expect(classes(`${others} | Ry;Wx1;Wx2`)).toMatchObject({ executions: 1, blocked: 0, classes: 1 });
  expect(classes(`${others};Rx;Rx | Wx1;Wx2`)).toMatchObject({ executions: 6, blocked: 0, classes: 6 });
});
