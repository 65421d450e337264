import { expect, test } from 'vitest';
import { Classes } from '../../src/explore/classes.ts';
import { Execution } from '../../src/explore/execution.ts';
import { searchInterleavings } from '../../src/explore/interleavings.ts';
import { noLimits } from '../../src/explore/limits.ts';
import type { Judge } from '../../src/explore/search.ts';
import { cellsOf, type Litmus, outcomeOf, type Registers } from './litmus.ts';
import { litmus } from './notation.ts';
import { oracle } from './oracle.ts';
import { programOf } from './programOf.ts';

/** What the explorer finds under sequential consistency, as the oracle says it. */
function explored(of: Litmus) {
  const execution = new Execution(programOf(of), 100);
  const classes = new Classes(execution);
  const outcomes = new Set<string>();
  const judge: Judge = {
    end: () => {
      const results = execution.results.map(([only]) => only as Registers);
      outcomes.add(
        outcomeOf(
          results,
          cellsOf(of).map((_, i) => execution.bytes.u32[i]),
        ),
      );
      return undefined;
    },
    key: () => '',
    resultsMatter: true,
    sees: () => false,
  };
  searchInterleavings(execution, judge, noLimits, { classes });
  return { outcomes, graphs: classes.seen.size };
}

test.each([
  ['all kinds of stores and loads', 'x=1; rel y=2 | acq r0=y; r1=x; x=r1'],
  ['fences', 'x=1; wmb; mb; y=1 | r0=y; rmb; r1=x'],
  ['read-modify-writes', 'r0=xchg x 1; r1=add x 2 | r0=cmpxchg x 0 5; r1=add x r0'],
  ['what comes after an if', 'x=1; y=1 | r0=y; if r0=1; r1=x; x=2'],
  ['locks', 'lock m; r0=x; x=1; unlock m; lock s; y=1; unlock s | lock m; r0=x; x=2; unlock m; lock s; r1=y; unlock s'],
])('%s: the explorer finds what the oracle says', (_, text) => {
  expect(explored(litmus(text))).toEqual(oracle(litmus(text), 'sc'));
});
