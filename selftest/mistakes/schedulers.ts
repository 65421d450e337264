import type { Mistake } from './mistake.ts';

/** In what draws executions. */
export const schedulers: readonly Mistake[] = [
  {
    name: 'random-walk-never-draws-the-last-thread',
    part: 'random walk',
    expectedBy: 'random-walk',
    edits: [
      {
        file: 'explore/schedulers/randomWalk',
        from: 'uniformInt(this.random, popcount(rest))',
        to: 'uniformInt(this.random, popcount(rest) - 1)',
      },
    ],
  },
  {
    name: 'priorities-never-fall',
    part: 'pct',
    expectedBy: 'pct',
    edits: [
      { file: 'explore/schedulers/pct', from: 'this.priority[this.highest(enabled)] = -i;', to: 'this.enabled = 0;' },
    ],
  },
  {
    name: 'no-priority-drawn-again-for-those-that-race',
    part: 'pos',
    expectedBy: 'pos',
    edits: [
      {
        file: 'explore/schedulers/pos',
        from: 'pending[t] >= 0 && mayConflict(groups, pending[t], code)',
        to: 'pending[t] < 0 && mayConflict(groups, pending[t], code)',
      },
    ],
  },
  {
    name: 'steps-that-are-left-not-counted',
    part: 'urw',
    expectedBy: 'urw',
    edits: [{ file: 'explore/schedulers/urw', from: 'this.left[thread]--;', to: '' }],
  },
  {
    name: 'nobody-is-held',
    part: 'surw',
    expectedBy: 'surw',
    edits: [
      {
        file: 'explore/schedulers/surw',
        from: 't !== this.intended && aliasGroupOfAccess',
        to: 't === -1 && aliasGroupOfAccess',
      },
    ],
  },
  {
    name: 'nobody-waits-for-a-constraint',
    part: 'reads-from',
    expectedBy: 'reads-from',
    edits: [{ file: 'explore/schedulers/readsFrom', from: 'waiting |= constraint.waiting;', to: '' }],
  },
  {
    name: 'last-member-never-has-its-turn',
    part: 'portfolio',
    expectedBy: 'portfolio',
    edits: [
      {
        file: 'explore/schedulers/portfolio',
        from: 'index % this.members.length',
        to: 'index % (this.members.length - 1)',
      },
    ],
  },
  {
    name: 'draws-go-on-from-those-before',
    part: 'seeds',
    expectedBy: 'repeatable',
    edits: [{ file: 'explore/schedulers/surw', from: 'this.random = randomOf(this.seed, index);', to: '' }],
  },
  {
    name: 'one-number-for-all-executions',
    part: 'seeds',
    expectedBy: 'repeatable',
    edits: [{ file: 'explore/random', from: 'Math.imul(index + 1, 0x9e3779b1)', to: 'Math.imul(1, 0x9e3779b1)' }],
  },
  {
    name: 'newest-store-always-drawn',
    part: 'drawn ways',
    expectedBy: 'ways',
    edits: [
      {
        file: 'explore/random',
        from: 'random.next() & 64 ? 0 : uniformInt(random, count)',
        to: 'random.next() & 64 ? 0 : 0',
      },
    ],
  },
  {
    name: 'cells-that-overlap-are-apart',
    part: 'profile',
    expectedBy: 'profile',
    edits: [
      { file: 'explore/schedulers/conflicts', from: 'if (place.offset >= end) members = [];', to: 'members = [];' },
    ],
  },
  {
    name: 'steps-without-a-choice-counted',
    part: 'profile',
    expectedBy: 'profile',
    edits: [
      { file: 'explore/profile', from: 'if (popcount(view.enabled) > 1) this.choices++;', to: 'this.choices++;' },
    ],
  },
];
