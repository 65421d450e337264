// biome-ignore-all lint/suspicious/noTemplateCurlyInString: edits contain code
import type { Mistake } from './mistake.ts';

/** In what tells states and results apart. */
export const states: readonly Mistake[] = [
  {
    name: 'state-key-without-sleeping-threads',
    part: 'states',
    testFile: 'test/explore/ends.test.ts',
    expectedBy: ['a wake-up that may come too early by states'],
    edits: [{ file: 'explore/states/stateCache', from: 'if (asleep[t] >= 0) sleeping |= 1 << i;', to: '' }],
  },
  {
    name: 'state-key-without-results',
    part: 'states',
    testFile: 'test/explore/results.test.ts',
    expectedBy: ['results that JSON does not distinguish are distinguished'],
    edits: [{ file: 'explore/states/stateCache', from: 'if (withResults) key.add(results[t]);', to: '' }],
  },
  {
    name: 'state-key-without-monitors',
    part: 'states',
    testFile: 'test/check/monitors.test.ts',
    expectedBy: ['by states, a monitor sees the order of three stores'],
    edits: [{ file: 'explore/states/stateCache', from: "if (text !== '') key.add(this.intern(text));", to: '' }],
  },
  {
    name: 'state-key-without-preemptions',
    part: 'states within a bound',
    testFile: 'test/run/search.test.ts',
    expectedBy: ['within a bound, a state is searched with the fewest preemptions that reach it'],
    edits: [
      {
        file: 'explore/states/stateCache',
        from: 'order.indexOf(execution.last)); key.add(spent);',
        to: 'order.indexOf(execution.last));',
      },
    ],
  },
  {
    name: 'state-set-growth-loses-entries',
    part: 'set of states',
    testFile: 'test/explore/counts.slow.test.ts',
    expectedBy: ['the benchmark rings ring-m has so many states'],
    edits: [
      {
        file: 'explore/states/stateSet',
        from: 'for (let from = 0; from < table.length; from += 2)',
        to: 'for (let from = table.length / 2; from < table.length; from += 2)',
      },
    ],
  },
  {
    name: 'state-key-truncates-numbers-to-8-bits',
    part: 'state keys',
    testFile: 'test/explore/counts.slow.test.ts',
    expectedBy: ['the benchmark rings ring-s has so many states'],
    edits: [
      { file: 'explore/states/varintBuffer', from: 'let rest = numbers[i];', to: 'let rest = numbers[i] & 0xff;' },
    ],
  },
  {
    name: 'result-number-without-history',
    part: 'result numbers',
    testFile: 'test/explore/results.test.ts',
    expectedBy: ['states with different results are different, however long ago these were returned'],
    edits: [
      { file: 'explore/states/resultInterner', from: '`${number} ${this.textOf(leaf)}`', to: '`${this.textOf(leaf)}`' },
    ],
  },
  {
    name: 'null-result-equals-undefined',
    part: 'comparison of results',
    testFile: 'test/explore/results.test.ts',
    expectedBy: ['results that JSON does not distinguish are distinguished'],
    edits: [
      {
        file: 'memory/result',
        from: "if (value === null) return 'null';",
        to: "if (value === null) return 'undefined';",
      },
    ],
  },
  {
    name: 'all-actors-symmetric',
    part: 'symmetry',
    testFile: 'test/explore/symmetry.test.ts',
    expectedBy: [
      'symmetric actors actors that differ, or read their thread number, are not symmetric: one line says so',
    ],
    edits: [{ file: 'explore/symmetry', from: 'run === b[i].run && until === b[i].until', to: 'true' }],
  },
  {
    name: 'symmetry-keeps-lock-holder',
    part: 'symmetry',
    testFile: 'test/explore/symmetry.test.ts',
    expectedBy: [
      'symmetric actors five threads: a state is the number of finished threads, and the place of the running one',
    ],
    edits: [
      {
        file: 'explore/symmetry',
        from: 'words[word] = this.ordered.indexOf(words[word] - 1) + 1;',
        to: 'words[word] = words[word] + 0;',
      },
    ],
  },
];
