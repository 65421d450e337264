// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what stands in edits is code
import type { Mistake } from './mistake.ts';

/** In what runs operations, in what holds executions against their properties, and in what makes findings of that. */
export const checks: readonly Mistake[] = [
  {
    name: 'going-back-forgets-an-upper-half',
    part: 'undo',
    expectedBy: 'going-back',
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
    expectedBy: 'going-back',
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
    expectedBy: 'accesses',
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
    expectedBy: 'sc',
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
    expectedBy: 'accesses',
    edits: [
      { file: 'memory/memory', from: 'return wrap(old & operand, bits);', to: 'return wrap(old | operand, bits);' },
    ],
  },
  {
    name: 'recording-gives-new-for-old',
    part: 'recorded memory',
    expectedBy: 'accesses',
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
    expectedBy: 'tearing',
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
    expectedBy: 'operations',
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
    expectedBy: 'operations',
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
    expectedBy: 'operations',
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
    expectedBy: 'ends',
    edits: [{ file: 'check/checker', from: "if (stop.kind === 'deadlock')", to: "if (stop.kind === 'pruned')" }],
  },
  {
    name: 'livelock-is-a-pass',
    part: 'livelocks',
    expectedBy: 'ends',
    edits: [{ file: 'check/checker', from: "if (stop.kind === 'livelock')", to: "if (stop.kind === 'pruned')" }],
  },
  {
    name: 'rounds-go-on-for-ever',
    part: 'spins',
    expectedBy: 'ends',
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
    expectedBy: 'ends',
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
    expectedBy: 'ends',
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
    expectedBy: 'ends',
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
    expectedBy: 'ends',
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
    expectedBy: 'ends',
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
    expectedBy: 'ends',
    edits: [
      { file: 'check/checker', from: 'if (this.words[offset >>> 2] !== 0)', to: 'if (this.words[offset >>> 2] > 99)' },
    ],
  },
  {
    name: 'crash-is-no-crash',
    part: 'crashes',
    expectedBy: 'operations',
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
    expectedBy: 'properties',
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
    expectedBy: 'properties',
    edits: [
      { file: 'check/checker', from: 'execution.ended ? this.watchingResults : 0', to: 'execution.ended ? 0 : 0' },
    ],
  },
  {
    name: 'always-not-asked-again-after-a-lock',
    part: 'always',
    expectedBy: 'properties',
    edits: [{ file: 'check/checker', from: 'this.watch(lock.id); return this', to: 'return this' }],
  },
  {
    name: 'always-forgotten-after-a-sometimes',
    part: 'sometimes',
    expectedBy: 'properties',
    edits: [{ file: 'check/checker', from: 'if (!reached) this.open |= bit;', to: 'if (reached) this.open |= bit;' }],
  },
  {
    name: 'sometimes-always-is',
    part: 'sometimes',
    expectedBy: 'properties',
    edits: [{ file: 'check/checker', from: 'if (holds) this.reach(predicate);', to: 'this.reach(predicate);' }],
  },
  {
    name: 'finally-that-says-why-holds',
    part: 'finally',
    expectedBy: 'properties',
    edits: [{ file: 'check/checker', from: 'if (seen !== true)', to: 'if (seen === false)' }],
  },
  {
    name: 'monitors-told-of-writes-alone',
    part: 'monitors',
    expectedBy: 'monitors',
    edits: [{ file: 'check/checker', from: 'if (this.monitored)', to: 'if (this.monitored && changed >= 0)' }],
  },
  {
    name: 'monitors-not-told-of-results',
    part: 'monitors',
    expectedBy: 'monitors',
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
    expectedBy: 'monitors',
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
    expectedBy: 'properties',
    edits: [{ file: 'check/possibly', from: 'if (predicate.reached)', to: 'if (predicate.bit !== 0)' }],
  },
  {
    name: 'nothing-asked-where-monitors-are-silent',
    part: 'what is asked under tso and weak',
    expectedBy: 'monitors',
    edits: [{ file: 'run/createRun', from: '{ ...properties.finally, ...asked }', to: '{ ...properties.finally }' }],
  },
  {
    name: 'linearizability-says-yes',
    part: 'linearizability',
    expectedBy: 'histories',
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
    expectedBy: 'histories',
    edits: [
      { file: 'check/linearizability', from: 'if (taken[i] === 0) horizon = Math.min(horizon, calls[i].end);', to: '' },
    ],
  },
  {
    name: 'undecided-is-illegal',
    part: 'linearizability',
    expectedBy: 'histories',
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
    expectedBy: 'models',
    edits: [{ file: 'models/ring', from: 'used(ring) >= ring.size ? BUSY', to: 'used(ring) > ring.size ? BUSY' }],
  },
  {
    name: 'harvested-entries-harvested-again',
    part: 'sequential models',
    expectedBy: 'models',
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
    expectedBy: 'models',
    edits: [{ file: 'models/gfnList', from: 'entries.slice(0, fetched)', to: 'entries.slice(0)' }],
  },
  {
    name: 'replay-ignores-a-choice',
    part: 'replay',
    expectedBy: 'replays',
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
    expectedBy: 'replays',
    edits: [{ file: 'explore/schedulers/replay', from: 'this.strayed = view.steps;', to: '' }],
  },
  {
    name: 'replay-that-is-too-long-let-through',
    part: 'replay',
    expectedBy: 'replays',
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
    expectedBy: 'replays',
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
    expectedBy: 'findings',
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
    expectedBy: 'findings',
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
    expectedBy: 'minimum',
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
    expectedBy: 'minimum',
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
    expectedBy: 'minimum',
    edits: [{ file: 'run/minimise/minimise', from: 'if (found === undefined) continue;', to: 'continue;' }],
  },
  {
    name: 'single-operations-not-left-out',
    part: 'smaller scenarios',
    expectedBy: 'smaller',
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
    expectedBy: 'tearing',
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
    expectedBy: 'lockstep',
    edits: [{ file: 'memory/scheduledMemory', from: 'olds[step] = old;', to: 'olds[step] = 0n;' }],
  },
  {
    name: 'step-of-a-thread-that-has-ended-let-through',
    part: 'lockstep',
    expectedBy: 'lockstep',
    edits: [{ file: 'memory/scheduledMemory', from: 'if (order[step] !== this.thread) continue;', to: 'continue;' }],
  },
  {
    name: 'stress-does-not-look-at-the-end',
    part: 'stress',
    expectedBy: 'stress',
    edits: [{ file: 'run/stress/stress', from: 'if (seen !== true)', to: 'if (seen === undefined)' }],
  },
  {
    name: 'not-is-nothing',
    part: 'litmus tests',
    expectedBy: 'litmus-reader',
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
    expectedBy: 'litmus-reader',
    edits: [{ file: 'litmus/scenario', from: 'filter === null || holds(filter)', to: 'true' }],
  },
  {
    name: 'offsets-not-compared',
    part: 'conformance',
    expectedBy: 'conformance',
    edits: [{ file: 'conformance/compare', from: '&& a.offset === b.offset', to: '' }],
  },
  {
    name: 'trace-records-beyond-the-shorter-not-compared',
    part: 'conformance',
    expectedBy: 'conformance',
    edits: [{ file: 'conformance/compare', from: 'Math.max(a.trace.length', to: 'Math.min(a.trace.length' }],
  },
  {
    name: 'pages-left-not-compared',
    part: 'conformance',
    expectedBy: 'conformance',
    edits: [{ file: 'conformance/compare', from: 'left === 0 ?', to: 'left >= 0 ?' }],
  },
  {
    name: 'changed-entry-not-taken-in',
    part: 'conformance',
    expectedBy: 'conformance',
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
    expectedBy: 'models',
    edits: [{ file: 'models/rearming', from: 'most - least < SPAN', to: 'most - least < 1n' }],
  },
];
