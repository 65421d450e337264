// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what stands in edits is code
import type { Mistake } from './mistake.ts';

/** In what runs operations, in what holds executions against their properties, and in what makes findings of that. */
export const checks: readonly Mistake[] = [
  {
    name: 'going-back-forgets-an-upper-half',
    part: 'undo',
    testFile: 'test/explore/goingBack.test.ts',
    expectedBy: ['sc: after steps forward and back all is as it was'],
    edits: [
      {
        file: 'explore/execution/execution',
        from: 'if (isWrite(kind)) this.put(place, this.olds[s], this.oldHighs[s]);',
        to: 'if (isWrite(kind)) this.put(place, this.olds[s], this.highs[s]);',
      },
    ],
  },
  {
    name: 'going-back-leaves-a-sleeper',
    part: 'undo',
    testFile: 'test/explore/goingBack.test.ts',
    expectedBy: ['sc: after steps forward and back all is as it was'],
    edits: [
      {
        file: 'explore/execution/execution',
        from: 'else if (kind === Kind.wait) this.asleep[thread] = NO_THREAD;',
        to: '',
      },
    ],
  },
  {
    name: 'narrow-stores-write-the-whole-word',
    part: 'accesses',
    testFile: 'test/memory/memories.test.ts',
    expectedBy: ['every memory says the same unsigned values wrap at the width of their cell'],
    edits: [
      {
        file: 'explore/execution/execution',
        from: 'u32[word] = (held & ~(mask << shift)) | (value << shift); this.values[s] = value; this.olds[s] = old; if (value !== old >>> 0)',
        to: 'u32[word] = value << shift; this.values[s] = value; this.olds[s] = old; if (value !== old >>> 0)',
      },
    ],
  },
  {
    name: 'cmpxchg-never-fails',
    part: 'accesses',
    testFile: 'test/memory/memories.test.ts',
    expectedBy: ['every memory says the same read-modify-writes return what was there'],
    edits: [
      {
        file: 'memory/memory',
        from: 'return old === expected ? wrap(operand, bits) : old;',
        to: 'return wrap(operand, bits);',
      },
    ],
  },
  {
    name: 'and-is-or',
    part: 'accesses',
    testFile: 'test/memory/memories.test.ts',
    expectedBy: ['every memory says the same read-modify-writes return what was there'],
    edits: [
      { file: 'memory/memory', from: 'return wrap(old & operand, bits);', to: 'return wrap(old | operand, bits);' },
    ],
  },
  {
    name: 'recording-gives-new-for-old',
    part: 'recorded memory',
    testFile: 'test/memory/memories.test.ts',
    expectedBy: ['every memory says the same read-modify-writes return what was there'],
    edits: [
      {
        file: 'memory/recordedMemory',
        from: 'return Number(step.old);',
        to: 'return Number(step.value);',
      },
    ],
  },
  {
    name: 'logs-alike-by-their-lower-halves',
    part: 'log tree',
    testFile: 'test/explore/memoryModels.test.ts',
    expectedBy: ['a 64-bit store tears under sc where it is plain, and tearing was asked for'],
    edits: [
      {
        file: 'memory/executionTrie',
        from: 'recent !== 0 && this.low[recent] === low && this.high[recent] === high',
        to: 'recent !== 0 && this.low[recent] === low',
      },
      {
        file: 'memory/executionTrie',
        from: 'this.low[node] === low && this.high[node] === high && this.parent[node] === parent',
        to: 'this.low[node] === low && this.parent[node] === parent',
      },
    ],
  },
  {
    name: 'second-pass-not-compared',
    part: 'replay memory',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: [
      'the rules of an operation: each breach is named outside state: another access, one too few, one too many, another result',
    ],
    edits: [
      {
        file: 'memory/operationRunner',
        from: 'else if (resultText(second.value) !== text)',
        to: "else if (resultText(second.value) === '')",
      },
    ],
  },
  {
    name: 'accesses-not-compared',
    part: 'replay memory',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: ['the rules of an operation: each breach is named a value that differs on the second pass'],
    edits: [
      {
        file: 'memory/reexecutionMemory',
        from: 'if (tree.code[node] === code &&',
        to: 'if (tree.code[node] >= 0 || tree.code[node] === code &&',
      },
    ],
  },
  {
    name: 'swallowed-suspension-let-through',
    part: 'replay memory',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: ['the rules of an operation: each breach is named a swallowed suspension'],
    edits: [
      {
        file: 'memory/reexecutionMemory',
        from: 'if (this.isAborted) return new Thrown',
        to: 'if (this.isAborted === undefined) return new Thrown',
      },
    ],
  },
  {
    name: 'deadlock-is-a-pass',
    part: 'deadlocks',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: ['the search of all states finds a deadlock and says who waits for whom'],
    edits: [{ file: 'check/checker', from: "if (stop.kind === 'deadlock')", to: "if (stop.kind === 'pruned')" }],
  },
  {
    name: 'livelock-is-a-pass',
    part: 'livelocks',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: [
      'the search of all states a spin that nobody ends is a livelock, with its round; one that somebody ends is none',
    ],
    edits: [{ file: 'check/checker', from: "if (stop.kind === 'livelock')", to: "if (stop.kind === 'pruned')" }],
  },
  {
    name: 'rounds-go-on-for-ever',
    part: 'spins',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: [
      'the search of all states a spin that nobody ends is a livelock, with its round; one that somebody ends is none',
    ],
    edits: [
      {
        file: 'memory/operationRunner',
        from: 'else if (ahead.isExhausted && byComparison',
        to: 'else if (false && byComparison',
      },
    ],
  },
  {
    name: 'wake-up-wakes-one',
    part: 'wait queues',
    testFile: 'test/explore/ends.test.ts',
    expectedBy: ['one wake-up for two sleepers by none'],
    edits: [
      {
        file: 'explore/execution/execution',
        from: 'if (this.asleep[t] !== place) continue;',
        to: 'if (this.asleep[t] !== place || woken !== 0) continue;',
      },
    ],
  },
  {
    name: 'nobody-sleeps-in-a-queue',
    part: 'wait queues',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: ['the search of all states finds a lost wake-up, and none where the flag is looked at again'],
    edits: [
      {
        file: 'explore/execution/execution',
        from: 'if (seen === this.tree.expected[this.node[thread]]) this.asleep[thread] = place;',
        to: '',
      },
    ],
  },
  {
    name: 'assumption-counts-as-complete',
    part: 'assumptions',
    testFile: 'test/explore/counts.test.ts',
    expectedBy: ['locks spinlock: an assumption stops those that would wait'],
    edits: [
      {
        file: 'explore/search/searchProgress',
        from: "else if (stop.kind === 'blocked') this.blocked++;",
        to: "else if (stop.kind === 'blocked') this.executions++;",
      },
    ],
  },
  {
    name: 'anybody-unlocks',
    part: 'locks',
    testFile: 'test/explore/ends.test.ts',
    expectedBy: ["another's lock given back by none"],
    edits: [
      {
        file: 'explore/execution/execution',
        from: 'if (kind === Kind.unlock && !this.holds(thread, place.id))',
        to: 'if (kind === Kind.unlock && thread < 0)',
      },
    ],
  },
  {
    name: 'sleep-under-a-spinlock-let-through',
    part: 'locks',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: ['the search of all states an unlocked end, and a sleep under a spinlock, are violations'],
    edits: [
      {
        file: 'explore/execution/execution',
        from: 'if (!this.holds(thread, place.id)) continue;',
        to: 'if (place.id >= 0) continue;',
      },
    ],
  },
  {
    name: 'lock-held-at-the-end-let-through',
    part: 'locks',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: ['the search of all states an unlocked end, and a sleep under a spinlock, are violations'],
    edits: [
      { file: 'check/checker', from: 'if (this.words[offset >>> 2] !== 0)', to: 'if (this.words[offset >>> 2] > 99)' },
    ],
  },
  {
    name: 'crash-is-no-crash',
    part: 'crashes',
    testFile: 'test/explore/ends.test.ts',
    expectedBy: ['an operation that throws by none'],
    edits: [
      {
        file: 'explore/execution/violation',
        from: "{ kind: 'crashed', violation: { property: CRASH,",
        to: "{ kind: 'violated', violation: { property: CRASH,",
      },
    ],
  },
  {
    name: 'always-not-asked-again-after-a-write-beside',
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
    name: 'always-not-asked-again-after-a-result',
    part: 'always',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['an always of results under sc, by none'],
    edits: [
      { file: 'check/checker', from: 'execution.ended ? this.watchingResults : 0', to: 'execution.ended ? 0 : 0' },
    ],
  },
  {
    name: 'always-not-asked-again-after-a-lock',
    part: 'always',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['an always of the holder of a lock under sc, by none'],
    edits: [{ file: 'check/checker', from: 'this.watch(lock.id); return this', to: 'return this' }],
  },
  {
    name: 'always-forgotten-after-a-sometimes',
    part: 'sometimes',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['an always that fails after a sometimes has come true under sc, by none'],
    edits: [{ file: 'check/checker', from: 'if (!reached) this.open |= bit;', to: 'if (reached) this.open |= bit;' }],
  },
  {
    name: 'sometimes-always-is',
    part: 'sometimes',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['a sometimes that never comes true under sc, by none'],
    edits: [{ file: 'check/checker', from: 'if (holds) this.reach(predicate);', to: 'this.reach(predicate);' }],
  },
  {
    name: 'finally-that-says-why-holds',
    part: 'finally',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['a finally that says what it saw under sc, by none'],
    edits: [{ file: 'check/checker', from: 'if (seen !== true)', to: 'if (seen === false)' }],
  },
  {
    name: 'monitors-told-of-writes-alone',
    part: 'monitors',
    testFile: 'test/check/monitors.test.ts',
    expectedBy: ['by none, a monitor sees the order of two loads'],
    edits: [{ file: 'check/checker', from: 'if (this.monitored)', to: 'if (this.monitored && changed >= 0)' }],
  },
  {
    name: 'monitors-not-told-of-results',
    part: 'monitors',
    testFile: 'test/check/monitors.test.ts',
    expectedBy: ['by none, a monitor sees what operations return'],
    edits: [
      {
        file: 'check/checker',
        from: 'if (ended[thread] === now) return undefined; const',
        to: 'if (ended[thread] <= now) return undefined; const',
      },
    ],
  },
  {
    name: 'order-for-monitors-not-kept',
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
    name: 'moments-passed-over',
    part: 'moments of a class',
    testFile: 'test/check/properties.test.ts',
    expectedBy: ['an always of two cells under sc, by optimal'],
    edits: [{ file: 'check/possibly', from: 'if (predicate.reached)', to: 'if (predicate.bit !== 0)' }],
  },
  {
    name: 'nothing-asked-where-monitors-are-silent',
    part: 'what is asked under tso and weak',
    testFile: 'test/check/monitors.test.ts',
    expectedBy: ['under tso the order of steps is not that of effects: another property stands in at the end'],
    edits: [{ file: 'run/createRun', from: '{ ...properties.finally, ...asked }', to: '{ ...properties.finally }' }],
  },
  {
    name: 'linearizability-says-yes',
    part: 'linearizability',
    testFile: 'test/check/linearizability.test.ts',
    expectedBy: ['a register calls after one another may not'],
    edits: [
      {
        file: 'check/linearizability',
        from: "if (seen.has(key)) return 'illegal';",
        to: "if (seen.has(key)) return 'illegal'; if (left === 1) return 'ok';",
      },
    ],
  },
  {
    name: 'calls-come-in-any-order',
    part: 'linearizability',
    testFile: 'test/check/linearizability.test.ts',
    expectedBy: ['a register calls after one another may not'],
    edits: [
      { file: 'check/linearizability', from: 'if (taken[i] === 0) horizon = Math.min(horizon, calls[i].end);', to: '' },
    ],
  },
  {
    name: 'undecided-is-illegal',
    part: 'linearizability',
    testFile: 'test/check/linearizability.test.ts',
    expectedBy: ['a register what could not be decided is unknown'],
    edits: [
      {
        file: 'check/linearizability',
        from: "if (++steps > stepsMax) return 'unknown';",
        to: "if (++steps > stepsMax) return 'illegal';",
      },
    ],
  },
  {
    name: 'full-ring-takes-one-more',
    part: 'sequential models',
    testFile: 'test/models/ring.test.ts',
    expectedBy: ['one after the other, the ring and the model give the same answers, wherever the indices start'],
    edits: [{ file: 'models/ring', from: 'used(ring) >= ring.size ? BUSY', to: 'used(ring) > ring.size ? BUSY' }],
  },
  {
    name: 'harvested-entries-harvested-again',
    part: 'sequential models',
    testFile: 'test/models/dirtyRing.test.ts',
    expectedBy: [
      'one after the other, the merged ring and the model give the same answers, wherever the indices start',
    ],
    edits: [
      {
        file: 'models/dirtyRing',
        from: 'entry.flags === DIRTY ? entry : undefined',
        to: 'entry.flags !== INVALID ? entry : undefined',
      },
    ],
  },
  {
    name: 'unread-entries-are-re-armed',
    part: 'sequential models',
    testFile: 'test/models/gfnList.test.ts',
    expectedBy: ['one after the other, the list and the model give the same answers'],
    edits: [{ file: 'models/gfnList', from: 'entries.slice(0, fetched)', to: 'entries.slice(0)' }],
  },
  {
    name: 'replay-ignores-a-choice',
    part: 'replay',
    testFile: 'test/run/replay.test.ts',
    expectedBy: [
      'what is found replays to the letter, with its reads-from and coherence choices weak: Wx1;Wy1 | Ry;Rx',
    ],
    edits: [
      {
        file: 'explore/schedulers/replay',
        from: 'chooseReadsFrom() { return this.wanted; }',
        to: 'chooseReadsFrom() { return 0; }',
      },
    ],
  },
  {
    name: 'wrong-replay-let-through',
    part: 'replay',
    testFile: 'test/run/replay.test.ts',
    expectedBy: ['a schedule that is not of the program is refused a lock that is held'],
    edits: [{ file: 'explore/schedulers/replay', from: 'this.strayed = view.steps;', to: '' }],
  },
  {
    name: 'replay-that-is-too-long-let-through',
    part: 'replay',
    testFile: 'test/run/replay.test.ts',
    expectedBy: ['a schedule that is not of the program is refused a step too many'],
    edits: [
      {
        file: 'run/replay',
        from: "if (stop.kind !== 'pruned' && steps < order.length && violation === undefined)",
        to: 'if (false)',
      },
    ],
  },
  {
    name: 'ways-left-out-of-a-schedule',
    part: 'schedules',
    testFile: 'test/run/replay.test.ts',
    expectedBy: [
      'what is found replays to the letter, with its reads-from and coherence choices weak: Wx1;Wy1 | Ry;Rx',
    ],
    edits: [
      {
        file: 'explore/memoryModels/weakExecution',
        from: 'return encodeChoice(this.schedule[s], this.taken[s]);',
        to: 'return encodeChoice(this.schedule[s], 0);',
      },
    ],
  },
  {
    name: 'schedule-read-one-short',
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
    name: 'memory-model-of-a-finding-not-read',
    part: 'findings',
    testFile: 'test/run/replay.test.ts',
    expectedBy: ['a finding is read as it was written, or refused by the name of the wrong field'],
    edits: [
      {
        file: 'run/parseSource',
        from: '...finding, memoryModel,',
        to: "...finding, memoryModel: 'sc',",
      },
    ],
  },
  {
    name: 'minimum-of-another-property',
    part: 'minimising',
    testFile: 'test/run/minimise.test.ts',
    expectedBy: ['what is made small stays a finding of the same property'],
    edits: [
      {
        file: 'explore/search/dfs',
        from: 'property === undefined || violation?.property === property ? violation : undefined',
        to: 'violation',
      },
    ],
  },
  {
    name: 'fewest-switches-not-looked-for',
    part: 'minimising',
    testFile: 'test/run/minimise.test.ts',
    expectedBy: ['a finding is made small two unlocked pushes need two switches, whatever was found first'],
    edits: [
      {
        file: 'run/minimise/fewestSwitches',
        from: 'let best = mergeRuns(failure, budget);',
        to: 'let best = failure; if (!budget.isSpent) return { best, isFewest: true };',
      },
    ],
  },
  {
    name: 'no-operation-left-out',
    part: 'minimising',
    testFile: 'test/scenario/define.test.ts',
    expectedBy: ['a finding is made smaller by skipping operations'],
    edits: [{ file: 'run/minimise/minimise', from: 'if (found === undefined) continue;', to: 'continue;' }],
  },
  {
    name: 'single-operations-not-left-out',
    part: 'smaller scenarios',
    testFile: 'test/scenario/define.test.ts',
    expectedBy: ['a finding is made smaller by skipping operations'],
    edits: [
      {
        file: 'run/shrink',
        from: 'if (operations.length > 1) for (const i of operations) yield without(a, [i]);',
        to: '{}',
      },
    ],
  },
  {
    name: 'nothing-tears',
    part: 'tearing',
    testFile: 'test/explore/memoryModels.test.ts',
    expectedBy: ['a 64-bit store tears under sc where it is plain, and tearing was asked for'],
    edits: [
      {
        file: 'run/createRun',
        from: 'tearing ? torn(scenario.program) : scenario.program',
        to: 'scenario.program',
      },
    ],
  },
  {
    name: 'threads-in-lockstep-write-down-no-old-value',
    part: 'lockstep',
    testFile: 'test/run/lockstep.test.ts',
    expectedBy: ['worker threads in lockstep follow a schedule'],
    edits: [{ file: 'memory/scheduledMemory', from: 'olds[step] = old;', to: 'olds[step] = 0n;' }],
  },
  {
    name: 'step-of-a-thread-that-has-ended-let-through',
    part: 'lockstep',
    testFile: 'test/run/lockstep.test.ts',
    expectedBy: ['worker threads in lockstep say so when it gives steps to a thread that has ended'],
    edits: [{ file: 'memory/scheduledMemory', from: 'if (order[step] !== this.thread) continue;', to: 'continue;' }],
  },
  {
    name: 'stress-does-not-look-at-the-end',
    part: 'stress',
    testFile: 'test/run/stress.test.ts',
    expectedBy: ['free threads: what does not hold at the end is found'],
    edits: [{ file: 'run/stress/stress', from: 'if (seen !== true)', to: 'if (seen === undefined)' }],
  },
  {
    name: 'not-is-nothing',
    part: 'litmus tests',
    testFile: 'test/litmus/readerVerdict.test.ts',
    expectedBy: ['not turns a proposition round'],
    edits: [
      {
        file: 'litmus/scenario',
        from: 'return !holdsOf(condition.of, state, addresses);',
        to: 'return holdsOf(condition.of, state, addresses);',
      },
    ],
  },
  {
    name: 'filter-not-looked-at',
    part: 'litmus tests',
    testFile: 'test/litmus/readerVerdict.test.ts',
    expectedBy: ['executions that the filter keeps back do not count'],
    edits: [{ file: 'litmus/scenario', from: 'filter === null || holds(filter)', to: 'true' }],
  },
  {
    name: 'offsets-not-compared',
    part: 'conformance',
    testFile: 'test/conformance/compare.test.ts',
    expectedBy: ['one other offset in one entry is reported'],
    edits: [{ file: 'conformance/compare', from: '&& a.offset === b.offset', to: '' }],
  },
  {
    name: 'trace-records-beyond-the-shorter-not-compared',
    part: 'conformance',
    testFile: 'test/conformance/compare.test.ts',
    expectedBy: ['a trace record that is missing, more or other is reported, and each place is counted'],
    edits: [{ file: 'conformance/compare', from: 'Math.max(a.trace.length', to: 'Math.min(a.trace.length' }],
  },
  {
    name: 'pages-left-not-compared',
    part: 'conformance',
    testFile: 'test/conformance/compare.test.ts',
    expectedBy: ['another return is reported: { left: 2 }'],
    edits: [{ file: 'conformance/compare', from: 'left === 0 ?', to: 'left >= 0 ?' }],
  },
  {
    name: 'changed-entry-not-taken-in',
    part: 'conformance',
    testFile: 'test/conformance/machineOutput.test.ts',
    expectedBy: ['the kernel, and by list what was seen after each operation'],
    edits: [
      {
        file: 'conformance/machineOutput',
        from: 'rings[vcpu][index] = { flags, slot, offset: BigInt(offset) };',
        to: '',
      },
    ],
  },
  {
    name: 'forged-page-re-armed-alone',
    part: 'sequential models',
    testFile: 'test/models/rearming.test.ts',
    expectedBy: ['a page that is not there takes its neighbours with it as far as 63 pages, in both directions'],
    edits: [{ file: 'models/rearming', from: 'most - least < SPAN', to: 'most - least < 1n' }],
  },
];
