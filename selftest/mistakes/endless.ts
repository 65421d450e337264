import type { Mistake } from './mistake.ts';

const PROOFS = 'test/prove/proofs.slow.test.ts';
const PROGRAMS = {
  testFile: 'properties/endless.test.ts',
  expectedBy: ['fair cycles and reachable states are those of an independent search, with and without reduction'],
};
const SHIFTS = 'test/prove/indexShift.test.ts';

/** In proofs of executions without end. */
export const endless: readonly Mistake[] = [
  {
    name: 'shifted-logs-are-not-checked',
    part: 'endless proofs',
    testFile: SHIFTS,
    expectedBy: ['code that is right until the sign bit is not reduced'],
    edits: [{ file: 'prove/programProof', from: 'this.checkShifts();', to: '' }],
  },
  {
    name: 'shift-to-the-sign-bit-is-left-out',
    part: 'endless proofs',
    testFile: SHIFTS,
    expectedBy: ['code that is right until the sign bit is not reduced'],
    edits: [
      {
        file: 'prove/indexShift',
        from: '[size, 2 * size, half - size, half, 2 * half - 2 * size, 2 * half - size]',
        to: '[size, 2 * size, 2 * half - 2 * size, 2 * half - size]',
      },
    ],
  },
  {
    name: 'marked-write-is-forgotten',
    part: 'endless proofs',
    testFile: PROOFS,
    expectedBy: [
      'the defects of Linux 6.17 are found without a scenario B20: stale translations are flushed after slots_lock is given back',
    ],
    edits: [{ file: 'prove/endlessVm', from: 'read(page.version) === 1 && read(copy) === 0', to: 'false' }],
  },
  {
    name: 'every-component-is-fair',
    part: 'endless proofs',
    ...PROGRAMS,
    edits: [{ file: 'prove/fairCycles', from: 'if (starved === 0) return', to: 'return' }],
  },
  {
    name: 'weak-fairness-is-strong',
    part: 'endless proofs',
    ...PROGRAMS,
    edits: [{ file: 'prove/fairCycles', from: "(fairness === 'strong' ? ever : always)", to: 'ever' }],
  },
  {
    name: 'ample-set-ignores-loads-of-others',
    part: 'endless proofs',
    testFile: 'test/prove/ampleSets.test.ts',
    expectedBy: ['a store that another thread loads is interleaved'],
    edits: [
      {
        file: 'prove/ampleSets',
        from: 'if (!isLoad(kind) && this.loads[at] !== NO_ACCESS && (this.loads[at] & held) === 0) return false;',
        to: '',
      },
    ],
  },
  {
    name: 'unlock-is-unseen-under-weak-fairness',
    part: 'endless proofs',
    testFile: 'test/prove/ampleSets.test.ts',
    expectedBy: ['under weak fairness, a thread may wait for a lock forever, also where the lock is held unseen'],
    edits: [{ file: 'prove/ampleSets', from: "fairness === 'strong'", to: 'true' }],
  },
  {
    name: 'what-was-found-with-too-few-accesses-counts',
    part: 'endless proofs',
    testFile: 'test/prove/ampleSets.test.ts',
    expectedBy: ['what is found before all accesses are known is not believed'],
    edits: [
      {
        file: 'prove/reachableStates',
        from: "if (violation === undefined) continue; if (this.reduces && ample.hasLearnt) return { kind: 'again' };",
        to: 'if (violation === undefined) continue;',
      },
    ],
  },
  {
    name: 'cells-that-are-read-are-no-part-of-a-state',
    part: 'endless proofs',
    testFile: 'test/prove/ampleSets.test.ts',
    expectedBy: ['a store that another thread loads is interleaved'],
    edits: [
      {
        file: 'prove/ampleSets',
        from: 'if (execution.program.actors.some((_, t) => this.loads[t * regions + region] !== NO_ACCESS)) continue;',
        to: '',
      },
    ],
  },
  {
    name: 'ample-set-hides-visible-stores',
    part: 'endless proofs',
    testFile: 'test/prove/ampleSets.test.ts',
    expectedBy: ['a store that a property reads is seen'],
    edits: [
      { file: 'prove/ampleSets', from: 'if (!isLoad(kind) && this.visible[region] !== 0) return false;', to: '' },
    ],
  },
];
