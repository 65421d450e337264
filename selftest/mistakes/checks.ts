import type { Mistake } from './mistake.ts';

/** In what holds executions against properties, and in the sequential models. */
export const checks: readonly Mistake[] = [
  {
    name: 'always-not-rechecked-after-overlapping-write',
    part: 'always',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['an always of a half, when the whole is written under sc, by none'],
    edits: [
      {
        file: 'check/checker',
        from: 'for (const other of this.overlaps[id]) this.watching[other] |= this.evaluating;',
        to: 'this.watching[id] |= this.evaluating;',
      },
    ],
  },
  {
    name: 'always-not-rechecked-after-result',
    part: 'always',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['an always of results under sc, by none'],
    edits: [
      { file: 'check/checker', from: 'execution.ended ? this.watchingResults : 0', to: 'execution.ended ? 0 : 0' },
    ],
  },
  {
    name: 'always-not-rechecked-after-lock',
    part: 'always',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['an always of the holder of a lock under sc, by none'],
    edits: [{ file: 'check/checker', from: 'this.watch(lock.id); return this', to: 'return this' }],
  },
  {
    name: 'always-dropped-after-sometimes',
    part: 'sometimes',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['an always that fails after a sometimes has come true under sc, by none'],
    edits: [{ file: 'check/checker', from: 'if (!reached) this.open |= bit;', to: 'if (reached) this.open |= bit;' }],
  },
  {
    name: 'sometimes-always-reached',
    part: 'sometimes',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['a sometimes that never comes true under sc, by none'],
    edits: [{ file: 'check/checker', from: 'if (holds) this.reach(predicate);', to: 'this.reach(predicate);' }],
  },
  {
    name: 'finally-with-message-passes',
    part: 'finally',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['a finally that says what it saw under sc, by none'],
    edits: [{ file: 'check/checker', from: 'if (seen !== true)', to: 'if (seen === false)' }],
  },
  {
    name: 'monitors-see-writes-only',
    part: 'monitors',
    testFile: 'test/check/monitors.test.ts',
    expectedBy: ['by none, a monitor sees the order of two loads'],
    edits: [
      {
        file: 'check/checker',
        from: 'if (this.monitored)',
        to: 'if (this.monitored && changed >= 0)',
        scope: ['const { changed } = execution;'],
      },
    ],
  },
  {
    name: 'monitors-do-not-see-results',
    part: 'monitors',
    testFile: 'test/check/monitors.test.ts',
    expectedBy: ['by none, a monitor sees the results of operations'],
    edits: [
      {
        file: 'check/checker',
        from: 'if (ended[thread] === now) return undefined; const',
        to: 'if (ended[thread] <= now) return undefined; const',
      },
    ],
  },
  {
    name: 'optimal-ignores-monitor-order',
    part: 'monitors under optimal',
    testFile: 'test/check/monitors.test.ts',
    expectedBy: ['by optimal, a monitor sees the order of two stores'],
    edits: [
      {
        file: 'check/checker',
        from: 'return this.properties.monitors.some((monitor) => monitor.sees(place));',
        to: 'return false;',
      },
    ],
  },
  {
    name: 'possibly-skips-intermediate-states',
    part: 'intermediate states of a class',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['an always of two cells under sc, by optimal'],
    edits: [{ file: 'check/possibly', from: 'if (predicate.reached)', to: 'if (predicate.bit !== 0)' }],
  },
  {
    name: 'no-substitute-property-under-tso-and-rc11',
    part: 'substitute properties',
    testFile: 'test/check/monitors.test.ts',
    expectedBy: ['under tso the order of steps is not that of effects: another property stands in at the end'],
    edits: [
      { file: 'run/createRun', from: '{ ...properties.finally, ...unordered }', to: '{ ...properties.finally }' },
    ],
  },
  {
    name: 'linearizability-accepts-last-call',
    part: 'linearizability',
    testFile: 'test/check/linearizability.test.ts',
    expectedBy: ['a register calls that do not overlap may not'],
    edits: [
      {
        file: 'check/linearizability',
        from: "if (seen.has(key)) return 'illegal';",
        to: "if (seen.has(key)) return 'illegal'; if (left === 1) return 'ok';",
        scope: ['(state, left) =>'],
      },
    ],
  },
  {
    name: 'linearizability-ignores-real-time-order',
    part: 'linearizability',
    testFile: 'test/check/linearizability.test.ts',
    expectedBy: ['a register calls that do not overlap may not'],
    edits: [
      { file: 'check/linearizability', from: 'if (taken[i] === 0) horizon = Math.min(horizon, calls[i].end);', to: '' },
    ],
  },
  {
    name: 'linearizability-budget-reported-as-illegal',
    part: 'linearizability',
    testFile: 'test/check/linearizability.test.ts',
    expectedBy: ['a register a check that exceeds its budget is unknown'],
    edits: [
      {
        file: 'check/linearizability',
        from: "if (++steps > stepsMax) return 'unknown';",
        to: "if (++steps > stepsMax) return 'illegal';",
      },
    ],
  },
  {
    name: 'ring-model-holds-one-entry-too-many',
    part: 'sequential models',
    testFile: 'test/models/ring.test.ts',
    expectedBy: ['sequentially, the ring and the model give the same results, for all initial indices'],
    edits: [
      {
        file: 'models/ring',
        from: 'gfnRingUsed(ring) >= ring.size ? BUSY',
        to: 'gfnRingUsed(ring) > ring.size ? BUSY',
      },
    ],
  },
  {
    name: 'dirty-ring-model-harvests-twice',
    part: 'sequential models',
    testFile: 'test/models/dirtyRing.test.ts',
    expectedBy: ['sequentially, the merged ring and the model give the same results, for all initial indices'],
    edits: [
      {
        file: 'models/dirtyRing',
        from: 'entry.flags === DIRTY ? entry : undefined',
        to: 'entry.flags !== DIRTY_RING_INVALID ? entry : undefined',
      },
    ],
  },
  {
    name: 'list-model-rearms-unfetched-entries',
    part: 'sequential models',
    testFile: 'test/models/gfnList.test.ts',
    expectedBy: ['sequentially, the list and the model give the same results'],
    edits: [{ file: 'models/gfnList', from: 'entries.slice(0, fetched)', to: 'entries.slice(0)' }],
  },
  {
    name: 'rearming-model-ignores-neighbours',
    part: 'sequential models',
    testFile: 'test/models/rearming.test.ts',
    expectedBy: ['a page outside of its slot prevents the re-arming of neighbours up to 63 pages away'],
    edits: [{ file: 'models/rearming', from: 'most - least < SPAN', to: 'most - least < 1n' }],
  },
  {
    name: 'thread-monitors-left-out',
    part: 'thread monitors',
    testFile: 'test/check/threadMonitors.test.ts',
    expectedBy: ['under tso, in program order by states, a thread monitor sees what each thread does'],
    edits: [
      { file: 'run/createRun', from: '!isAsWritten ? [] : threadMonitors', to: 'isAsWritten ? [] : threadMonitors' },
    ],
  },
  {
    name: 'thread-monitor-keeps-locks',
    part: 'thread monitors',
    testFile: 'test/check/threadMonitors.test.ts',
    expectedBy: ['under rc11, in program order by none, a thread monitor sees what each thread does'],
    edits: [
      {
        file: 'check/threadMonitor',
        from: 'return kind === Kind.unlock ?',
        to: 'return kind === Kind.lock ?',
      },
    ],
  },
  {
    name: 'ignored-property-is-checked',
    part: 'ignored properties',
    testFile: 'test/cli/scenarioRounds.test.ts',
    expectedBy: [
      'a scenario is explored until nothing new is found the last round is a proof without the properties that were found violated',
    ],
    edits: [{ file: 'check/withoutProperties', from: '!ignored.has(name)', to: 'true' }],
  },
  {
    name: 'monitor-reports-ignored-property',
    part: 'ignored properties',
    testFile: 'test/cli/scenarioRounds.test.ts',
    expectedBy: [
      'a scenario is explored until nothing new is found an ignored property is not checked, and its finding is replayed without it',
    ],
    edits: [
      {
        file: 'check/withoutProperties',
        from: 'ignored.has(next.property) ? GIVEN_UP : next',
        to: 'ignored.has(next.property) ? next : next',
      },
    ],
  },
  {
    name: 'bounded-reset-ignores-reset-index',
    part: 'G2',
    testFile: 'test/trackers/flagRules.test.ts',
    expectedBy: ['without the other rules, a reset that goes round its ring as it clears no flags is found'],
    edits: [
      {
        file: 'trackers/dirtyRing/rules/boundedReset',
        from: "const takes = role.is === 'reset_index' || ",
        to: 'const takes = ',
      },
    ],
  },
];
