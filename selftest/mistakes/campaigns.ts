import type { Mistake } from './mistake.ts';

/** In what keeps forged files and messages out of campaigns. */
export const campaigns: readonly Mistake[] = [
  {
    name: 'campaign-waits-for-one-timer',
    part: 'campaigns',
    testFile: 'test/campaign/end.test.ts',
    expectedBy: ['a campaign ends also where a timer fires before the time is over'],
    edits: [
      {
        file: 'campaign/campaign',
        from: 'const timer = isLate ? undefined :',
        to: 'const timer = isLate || this.tasksRunning === 0 ? undefined :',
      },
    ],
  },
  {
    name: 'changed-finding-accepted',
    part: 'checksums',
    testFile: 'test/campaign/checksums.slow.test.ts',
    expectedBy: ['a changed document is reported in one line, and never passes document 0'],
    edits: [{ file: 'run/parseScenarioRef', from: 'verifyChecksum(value, file);', to: '' }],
  },
  {
    name: 'queue-runs-unsigned-modules',
    part: 'the queue',
    testFile: 'test/campaign/signedMessage.test.ts',
    expectedBy: ['a task without a secret is refused in one line, or runs no module'],
    edits: [
      { file: 'campaign/executors/parseTask', from: 'requireSecret(source); return source;', to: 'return source;' },
    ],
  },
];
