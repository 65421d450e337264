import type { Mistake } from './mistake.ts';

/** In what draws executions. */
export const schedulers: readonly Mistake[] = [
  {
    name: 'random-walk-never-draws-the-last-thread',
    part: 'random walk',
    testFile: 'test/explore/schedulers.test.ts',
    expectedBy: ["'SB' 'random-walk': each interleaving as often as it should be"],
    edits: [
      {
        file: 'explore/schedulers/randomWalk',
        from: 'uniformInt(this.random, popcount(rest))',
        to: 'uniformInt(this.random, popcount(rest) - 1)',
      },
    ],
  },
  {
    name: 'pct-without-priority-changes',
    part: 'pct',
    testFile: 'test/explore/schedulers.test.ts',
    expectedBy: [
      'pct: a bug of depth d is found at least once in n * k^(d - 1) executions; one of depth 3 is not found at depth 2',
    ],
    edits: [
      { file: 'explore/schedulers/pct', from: 'this.priority[this.highest(enabled)] = -i;', to: 'this.enabled = 0;' },
    ],
  },
  {
    name: 'pos-without-new-priority-after-conflict',
    part: 'pos',
    testFile: 'test/explore/schedulers.test.ts',
    expectedBy: ["'CoRR' pos: the least and the most likely class have their probabilities"],
    edits: [
      {
        file: 'explore/schedulers/pos',
        from: 'pending[t] >= 0 && mayConflict(groups, pending[t], code)',
        to: 'pending[t] < 0 && mayConflict(groups, pending[t], code)',
      },
    ],
  },
  {
    name: 'urw-remaining-steps-not-counted',
    part: 'urw',
    testFile: 'test/explore/schedulers.test.ts',
    expectedBy: ["'SB' 'urw': each interleaving as often as it should be"],
    edits: [{ file: 'explore/schedulers/urw', from: 'this.left[thread]--;', to: '' }],
  },
  {
    name: 'surw-delays-no-thread',
    part: 'surw',
    testFile: 'test/explore/schedulers.test.ts',
    expectedBy: ['surw: the orders of accesses to shared locations are equally likely, independent of other steps'],
    edits: [
      {
        file: 'explore/schedulers/surw',
        from: 't !== this.intended && aliasGroupOfAccess',
        to: 't === -1 && aliasGroupOfAccess',
      },
    ],
  },
  {
    name: 'reads-from-constraint-delays-no-thread',
    part: 'reads-from',
    testFile: 'test/explore/schedulers.test.ts',
    expectedBy: ['reads-from: a read between two of many writes, which POS never reaches'],
    edits: [{ file: 'explore/schedulers/readsFrom', from: 'waiting |= constraint.waiting;', to: '' }],
  },
  {
    name: 'portfolio-skips-last-member',
    part: 'portfolio',
    testFile: 'test/explore/schedulers.test.ts',
    expectedBy: ['the portfolio uses each member'],
    edits: [
      {
        file: 'explore/schedulers/portfolio',
        from: 'index % this.members.length',
        to: 'index % (this.members.length - 1)',
      },
    ],
  },
  {
    name: 'surw-not-reseeded-per-execution',
    part: 'seeds',
    testFile: 'test/explore/schedulers.test.ts',
    expectedBy: ['surw a ring: the seed and its number decide an execution'],
    edits: [{ file: 'explore/schedulers/surw', from: 'this.random = randomOf(this.seed, index);', to: '' }],
  },
  {
    name: 'same-seed-for-all-executions',
    part: 'seeds',
    testFile: 'test/explore/schedulers.test.ts',
    expectedBy: ['random-walk a ring: the seed and its number decide an execution'],
    edits: [{ file: 'explore/random', from: 'Math.imul(index + 1, 0x9e3779b1)', to: 'Math.imul(1, 0x9e3779b1)' }],
  },
  {
    name: 'random-load-reads-newest-store-only',
    part: 'random reads-from',
    testFile: 'test/explore/memoryModels.test.ts',
    expectedBy: ['every scheduler finds what only the memory model allows random-walk under rc11'],
    edits: [
      {
        file: 'explore/random',
        from: 'random.next() & 64 ? 0 : uniformInt(random, count)',
        to: 'random.next() & 64 ? 0 : 0',
      },
    ],
  },
  {
    name: 'profile-separates-overlapping-cells',
    part: 'profile',
    testFile: 'test/explore/schedulers.test.ts',
    expectedBy: ['a profile: cells that share bytes are one location'],
    edits: [
      { file: 'explore/schedulers/conflicts', from: 'if (place.offset >= end) members = [];', to: 'members = [];' },
    ],
  },
  {
    name: 'profile-counts-steps-without-choice',
    part: 'profile',
    testFile: 'test/explore/schedulers.test.ts',
    expectedBy: ['a profile: steps, steps with a choice, shared locations'],
    edits: [
      { file: 'explore/profile', from: 'if (popcount(view.enabled) > 1) this.choices++;', to: 'this.choices++;' },
    ],
  },
];
