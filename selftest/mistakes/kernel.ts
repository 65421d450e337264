import type { Mistake } from './mistake.ts';

/** What is said of C code. */
export const ofKernelCode: readonly Mistake[] = [
  {
    name: 'coverage-takes-every-branch',
    part: 'coverage of C code',
    testFile: 'test/kernel/coverage.test.ts',
    expectedBy: ['a branch that is never taken is listed where its lines are reached otherwise'],
    edits: [{ file: 'kernel/run/unreached', from: 'reached[point] !== 1 && executed.has(place)', to: 'false' }],
  },
  {
    name: 'coverage-counts-every-block',
    part: 'coverage of C code',
    testFile: 'test/kernel/coverage.test.ts',
    expectedBy: ['lines that no block reached are listed, and not the branch that leads to them'],
    edits: [{ file: 'kernel/run/unreached', from: 'points.some((point) => reached[point] === 1)', to: 'true' }],
  },
  {
    name: 'any-page-may-be-rearmed',
    part: 'rules of the merged ring',
    testFile: 'test/trackers/flagRules.test.ts',
    expectedBy: ['a reset that re-arms a page of no entry is found, whatever a version does otherwise'],
    edits: [{ file: 'trackers/dirtyRing/rules/rearmedPages', from: 'read.length === 0 ||', to: 'true ||' }],
  },
];
