import type { Mistake } from './mistake.ts';

const testFile = 'test/litmus/lkmm.test.ts';
const inOrder = (name: string, test: string, from: string, to: string): Mistake => ({
  ...{ name, part: 'the LKMM', testFile, expectedBy: [test] },
  edits: [{ file: 'litmus/axioms/linuxOrder', from, to }],
});

const inSyntax = (name: string, test: string, file: string, from: string, to: string): Mistake => ({
  ...{ name, part: 'the LKMM', testFile: 'test/litmus/readerSyntax.test.ts', expectedBy: [test] },
  edits: [{ file: `litmus/axioms/${file}`, from, to }],
});

/** In what decides litmus tests by axioms. */
export const axioms: readonly Mistake[] = [
  inOrder(
    'lkmm-without-dependencies',
    'orders of one thread load buffering is allowed without a dependency',
    '.or(data, control)',
    '',
  ),
  {
    name: 'lkmm-control-orders-loads',
    part: 'the LKMM',
    testFile,
    expectedBy: ['orders of one thread message passing needs an order on both sides'],
    edits: [
      {
        file: 'litmus/axioms/linuxOrder',
        from: 'address.or(data).compose(marked, rf.and(internal))',
        to: 'address.or(data, control).compose(marked)',
        scope: ['const { address, data, control } = dependenciesOf(x);'],
      },
    ],
  },
  inOrder(
    'lkmm-release-is-not-cumulative',
    'orders of several threads a release passes on what its thread has read (A-cumulativity), a full fence to all',
    'cumulative(strongFence.or(poRelease))',
    'strongFence.or(poRelease)',
  ),
  inOrder(
    'lkmm-without-release-sequence',
    'orders of several threads a release is seen through atomics that follow it',
    'const rmwSequence = rf.compose(x.rmw).star();',
    'const rmwSequence = rf.without(rf).star();',
  ),
  inOrder(
    'lkmm-spinlock-fence-ignored',
    'atomics, locks and RCU locks exclude each other, and order what is inside',
    "x.fenced('smp_mb__after_spinlock')",
    "x.fenced('none')",
  ),
  {
    name: 'lkmm-one-grace-period-orders-two-sections',
    part: 'the LKMM',
    testFile,
    expectedBy: ['atomics, locks and RCU a grace period waits for read-side critical sections'],
    edits: [
      {
        file: 'litmus/axioms/rcuOrder',
        from: 'const section = rcuSections(x).inverse();',
        to: 'const section = rcuSections(x).inverse().optional();',
      },
    ],
  },
  {
    name: 'lkmm-srcu-structures-are-one',
    part: 'the LKMM',
    testFile,
    expectedBy: ['atomics, locks and RCU SRCU waits for sections of the same structure only'],
    edits: [
      {
        file: 'litmus/axioms/rcuOrder',
        from: 'between(srcuGracePeriod, middle, srcuSection).and(sameAddress)',
        to: 'between(srcuGracePeriod, middle, srcuSection)',
      },
    ],
  },
  {
    name: 'lkmm-race-behind-acquire',
    part: 'the LKMM',
    testFile,
    expectedBy: ['data races are found, and stated ones are expected'],
    edits: [{ file: 'litmus/axioms/lkmmRaces', from: 'rf).without(wrVis, rwXbStar.inverse())', to: 'rf)' }],
  },
  inSyntax(
    'lkmm-membarrier-fences-its-own-thread-only',
    'membarrier is a fence in all threads',
    'rcuOrder',
    '.and(sameAddress), between(barrier, middle, anywhere)',
    '.and(sameAddress), barrier',
  ),
  inSyntax(
    'lkmm-srcu-cookie-is-lost-in-memory',
    'an SRCU section may end in another thread',
    'rcuOrder',
    'data.compose(x.rf).star().compose(data)',
    'data',
  ),
  inSyntax(
    'lkmm-loop-controls-nothing',
    'a condition of a loop controls the stores inside, not those after it',
    'threadRuns',
    'inside = union(inside, from);',
    '',
  ),
  inSyntax(
    'lkmm-nothing-comes-out-of-thin-air',
    'values that only copy each other are no number',
    'valueDomains',
    'for (const address of onCycles(copies)) values.get(address).add(THIN_AIR);',
    '',
  ),
];
