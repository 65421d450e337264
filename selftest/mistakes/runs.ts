import type { Mistake } from './mistake.ts';

/** In what makes findings and replays them, and in what compares with others. */
export const runs: readonly Mistake[] = [
  {
    name: 'replay-ignores-reads-from',
    part: 'replay',
    testFile: 'test/run/replay.test.ts',
    expectedBy: ['a finding replays exactly, with its reads-from and coherence choices rc11: Wx1;Wy1 | Ry;Rx'],
    edits: [
      {
        file: 'explore/schedulers/replay',
        from: 'chooseReadsFrom() { return this.wanted; }',
        to: 'chooseReadsFrom() { return 0; }',
      },
    ],
  },
  {
    name: 'unfitting-schedule-accepted',
    part: 'replay',
    testFile: 'test/run/replay.test.ts',
    expectedBy: ['a schedule that does not fit the program is rejected a lock that is held'],
    edits: [{ file: 'explore/schedulers/replay', from: 'this.strayed = view.steps;', to: '' }],
  },
  {
    name: 'too-long-schedule-accepted',
    part: 'replay',
    testFile: 'test/run/replay.test.ts',
    expectedBy: ['a schedule that does not fit the program is rejected a step too many'],
    edits: [
      {
        file: 'run/replay',
        from: "if (stop.kind !== 'pruned' && steps < order.length && violation === undefined)",
        to: 'if (false)',
      },
    ],
  },
  {
    name: 'schedule-without-reads-from',
    part: 'schedules',
    testFile: 'test/run/replay.test.ts',
    expectedBy: ['a finding replays exactly, with its reads-from and coherence choices rc11: Wx1;Wy1 | Ry;Rx'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/rc11Memory',
        from: 'return this.taken[s];',
        to: 'return 0;',
      },
    ],
  },
  {
    name: 'schedule-parser-drops-first-step',
    part: 'text of schedules',
    testFile: 'test/run/replay.test.ts',
    expectedBy: ['a schedule as text'],
    edits: [
      {
        file: 'explore/schedule',
        from: 'for (let i = 0; i < length; i++) schedule.push',
        to: 'for (let i = 1; i < length; i++) schedule.push',
      },
    ],
  },
  {
    name: 'finding-memory-model-ignored',
    part: 'findings',
    testFile: 'test/run/replay.test.ts',
    expectedBy: ['a finding is read as it was written, or rejected with the name of the wrong field'],
    edits: [
      {
        file: 'run/parseScenarioRef',
        from: '...finding, memoryModel,',
        to: "...finding, memoryModel: 'sc',",
      },
    ],
  },
  {
    name: 'minimiser-switches-property',
    part: 'minimisation',
    testFile: 'test/run/minimise.test.ts',
    expectedBy: ['a minimised finding violates the same property'],
    edits: [
      {
        file: 'explore/search/dfs',
        from: 'property === undefined || violation?.property === property ? violation : undefined',
        to: 'violation',
      },
    ],
  },
  {
    name: 'minimiser-skips-context-switches',
    part: 'minimisation',
    testFile: 'test/run/minimise.test.ts',
    expectedBy: ['a finding is minimised two unlocked pushes need two switches, for every first finding'],
    edits: [
      {
        file: 'run/minimise/fewestSwitches',
        from: 'let best = mergeRuns(failure, budget);',
        to: 'let best = failure; if (!budget.isSpent) return { best, isFewest: true };',
      },
    ],
  },
  {
    name: 'minimiser-keeps-all-operations',
    part: 'minimisation',
    testFile: 'test/scenario/define.test.ts',
    expectedBy: ['a finding is shrunk by skipping operations'],
    edits: [{ file: 'run/minimise/minimise', from: 'if (found === undefined) continue;', to: 'continue;' }],
  },
  {
    name: 'shrink-skips-single-operations',
    part: 'shrinking',
    testFile: 'test/scenario/define.test.ts',
    expectedBy: ['a finding is shrunk by skipping operations'],
    edits: [
      {
        file: 'run/shrink',
        from: 'if (operations.length > 1) for (const i of operations) yield without(a, [i]);',
        to: '{}',
      },
    ],
  },
  {
    name: 'tearing-disabled',
    part: 'tearing',
    testFile: 'test/explore/memoryModels.test.ts',
    expectedBy: ['a 64-bit store tears under sc where it is plain, and tearing was asked for'],
    edits: [
      {
        file: 'run/createRun',
        from: 'tearing ? tearStores(scenario.program) : scenario.program',
        to: 'scenario.program',
      },
    ],
  },
  {
    name: 'scheduled-memory-loses-old-values',
    part: 'scheduled threads',
    testFile: 'test/run/lockstep.slow.test.ts',
    expectedBy: ['worker threads in lockstep follow a schedule'],
    edits: [{ file: 'memory/scheduledMemory', from: 'olds[step] = old;', to: 'olds[step] = 0n;' }],
  },
  {
    name: 'step-of-ended-thread-accepted',
    part: 'scheduled threads',
    testFile: 'test/run/lockstep.slow.test.ts',
    expectedBy: ['worker threads in lockstep report a schedule with steps of a thread that has ended'],
    edits: [{ file: 'memory/scheduledMemory', from: 'if (order[step] !== this.thread) continue;', to: 'continue;' }],
  },
  {
    name: 'stress-skips-final-state',
    part: 'stress',
    testFile: 'test/run/stress.slow.test.ts',
    expectedBy: ['free-running threads: a violation at quiescence is found'],
    edits: [{ file: 'run/stress/checkFinalState', from: 'if (seen !== true)', to: 'if (seen === undefined)' }],
  },
  {
    name: 'litmus-negation-ignored',
    part: 'litmus tests',
    testFile: 'test/litmus/readerVerdict.test.ts',
    expectedBy: ['not negates a proposition'],
    edits: [
      {
        file: 'litmus/holds',
        from: 'return holds === undefined ? undefined : !holds;',
        to: 'return holds;',
      },
    ],
  },
  {
    name: 'litmus-filter-ignored',
    part: 'litmus tests',
    testFile: 'test/litmus/readerVerdict.test.ts',
    expectedBy: ['executions that the filter rejects do not count'],
    edits: [{ file: 'litmus/scenario', from: 'filter === null || holds(filter)', to: 'true' }],
  },
  {
    name: 'conformance-ignores-offsets',
    part: 'conformance',
    testFile: 'test/conformance/compare.test.ts',
    expectedBy: ['one other offset in one entry is reported'],
    edits: [{ file: 'conformance/compare', from: '&& a.offset === b.offset', to: '' }],
  },
  {
    name: 'conformance-ignores-surplus-trace-records',
    part: 'conformance',
    testFile: 'test/conformance/compare.test.ts',
    expectedBy: ['a missing, additional or different trace record is reported, and each position is counted'],
    edits: [{ file: 'conformance/compare', from: 'Math.max(a.trace.length', to: 'Math.min(a.trace.length' }],
  },
  {
    name: 'conformance-ignores-pages-left',
    part: 'conformance',
    testFile: 'test/conformance/compare.test.ts',
    expectedBy: ['another return is reported: { left: 2 }'],
    edits: [{ file: 'conformance/compare', from: 'left === 0 ?', to: 'left >= 0 ?' }],
  },
  {
    name: 'conformance-ignores-changed-entries',
    part: 'conformance',
    testFile: 'test/conformance/machineOutput.test.ts',
    expectedBy: ['the version of the kernel, and the observations after each operation of each list'],
    edits: [
      {
        file: 'conformance/machineOutput',
        from: 'rings[vcpu][index] = { flags, slot, offset: BigInt(offset) };',
        to: '',
      },
    ],
  },
  {
    name: 'difference-is-a-finding',
    part: 'rounds',
    testFile: 'test/cli/scenarioRounds.test.ts',
    expectedBy: [
      'a scenario is explored until nothing new is found a violation of conformance is a difference, and what else is wrong is found behind it',
    ],
    edits: [{ file: 'cli/scenarioRounds', from: 'if (isDifference)', to: 'if (false)' }],
  },
  {
    name: 'scenario-has-one-round',
    part: 'rounds',
    testFile: 'test/cli/scenarioRounds.test.ts',
    expectedBy: [
      'a scenario is explored until nothing new is found a property of another kind is found behind the first',
    ],
    edits: [{ file: 'cli/scenarioRounds', from: 'if (comesAgain || isStopRequested())', to: 'if (true)' }],
  },
];
