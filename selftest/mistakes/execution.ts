import type { Mistake } from './mistake.ts';

/** In what executes operations: accesses, undo, spin loops, wait queues, locks, ends. */
export const execution: readonly Mistake[] = [
  {
    name: 'undo-does-not-restore-upper-half',
    part: 'undo',
    testFile: 'test/explore/undo.test.ts',
    expectedBy: ['sc: after steps forward and back all is as it was'],
    edits: [
      {
        file: 'explore/memoryModels/sc/scMemory',
        from: 'if (isWrite(kind)) this.put(place, execution.olds[s], execution.oldHighs[s]);',
        to: 'if (isWrite(kind)) this.put(place, execution.olds[s], execution.highs[s]);',
      },
    ],
  },
  {
    name: 'undo-keeps-sleeping-thread',
    part: 'undo',
    testFile: 'test/explore/undo.test.ts',
    expectedBy: ['sc: after steps forward and back all is as it was'],
    edits: [
      {
        file: 'memory/waitQueues',
        from: 'if (isWait(kind)) { this.asleep[thread] = NONE; this.since[thread] = since; } else if (kind === Kind.resumeFor)',
        to: 'if (kind === Kind.resumeFor)',
      },
    ],
  },
  {
    name: 'narrow-stores-write-the-whole-word',
    part: 'accesses',
    testFile: 'test/memory/memories.test.ts',
    expectedBy: ['all memories give the same results unsigned values wrap at the width of their cell'],
    edits: [
      {
        file: 'explore/memoryModels/sc/scMemory',
        from: 'u32[word] = (held & ~(mask << shift)) | (value << shift); values[s] = value; olds[s] = old; if (value !== old >>> 0)',
        to: 'u32[word] = value << shift; values[s] = value; olds[s] = old; if (value !== old >>> 0)',
      },
    ],
  },
  {
    name: 'cmpxchg-never-fails',
    part: 'accesses',
    testFile: 'test/memory/memories.test.ts',
    expectedBy: ['all memories give the same results read-modify-writes return the old value'],
    edits: [
      {
        file: 'memory/kinds',
        from: 'return old === expected ? wrap(operand, bits) : old;',
        to: 'return wrap(operand, bits);',
      },
    ],
  },
  {
    name: 'and-is-or',
    part: 'accesses',
    testFile: 'test/memory/memories.test.ts',
    expectedBy: ['all memories give the same results read-modify-writes return the old value'],
    edits: [
      { file: 'memory/kinds', from: 'return wrap(old & operand, bits);', to: 'return wrap(old | operand, bits);' },
    ],
  },
  {
    name: 'recorded-rmw-returns-new-value',
    part: 'recorded memory',
    testFile: 'test/memory/memories.test.ts',
    expectedBy: ['all memories give the same results read-modify-writes return the old value'],
    edits: [
      {
        file: 'memory/recordedMemory',
        from: 'return place.bits === 64 ? step.old : Number(step.old);',
        to: 'return Number(step.value);',
      },
    ],
  },
  {
    name: 'trie-compares-lower-halves-only',
    part: 'execution trie',
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
    name: 'rerun-result-not-compared',
    part: 're-execution',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: [
      'the rules of an operation: what is outside of mem outside state: another access, one too few, one too many, another result',
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
    name: 'rerun-accesses-not-compared',
    part: 're-execution',
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
    name: 'swallowed-suspension-accepted',
    part: 're-execution',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: ['the rules of an operation: each breach is named a swallowed suspension'],
    edits: [
      {
        file: 'memory/reexecutionMemory',
        from: 'if (this.isAborted) return new ThrownValue',
        to: 'if (this.isAborted === undefined) return new ThrownValue',
      },
    ],
  },
  {
    name: 'deadlock-not-reported',
    part: 'deadlocks',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: [
      'the search of all states: threads that wait finds a deadlock and reports which thread waits for which',
    ],
    edits: [{ file: 'check/checker', from: "if (stop.kind === 'deadlock')", to: "if (stop.kind === 'pruned')" }],
  },
  {
    name: 'livelock-not-reported',
    part: 'livelocks',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: [
      'the search of all states: ends an endless spin loop is a livelock, with its iteration; one that ends is not',
    ],
    edits: [{ file: 'check/checker', from: "if (stop.kind === 'livelock')", to: "if (stop.kind === 'pruned')" }],
  },
  {
    name: 'endless-spin-loop-not-detected',
    part: 'spin loops',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: [
      'the search of all states: ends an endless spin loop is a livelock, with its iteration; one that ends is not',
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
    name: 'wake-wakes-one-thread-only',
    part: 'wait queues',
    testFile: 'test/explore/ends.test.ts',
    expectedBy: ['one wake-up for two sleepers by none'],
    edits: [
      {
        file: 'memory/waitQueues',
        from: 'continue; asleep[t] = NONE; woken |= 1 << t;',
        to: 'continue; if (woken !== 0) continue; asleep[t] = NONE; woken |= 1 << t;',
      },
    ],
  },
  {
    name: 'wake-wakes-the-last-sleeper',
    part: 'execution: wait queues',
    testFile: 'test/memory/queues.test.ts',
    expectedBy: ['under sc, by states a wake-up of one thread wakes the first'],
    edits: [
      {
        file: 'memory/waitQueues',
        from: 'if (first === NONE || since[t] >>> 0 < since[first] >>> 0) first = t;',
        to: 'if (first === NONE || since[t] >>> 0 > since[first] >>> 0) first = t;',
      },
    ],
  },
  {
    name: 'queue-order-not-in-state',
    part: 'states: wait queues',
    testFile: 'test/memory/queues.test.ts',
    expectedBy: ['under sc, by states a wake-up of one thread wakes either, as either may sleep first'],
    edits: [{ file: 'explore/states/stateCache', from: 'addQueueOrder(execution.queues, key, order);', to: '' }],
  },
  {
    name: 'queue-order-not-in-graph',
    part: 'visited graphs: wait queues',
    testFile: 'test/memory/queues.test.ts',
    expectedBy: ['under rc11, by optimal a wake-up of one thread wakes either, as either may sleep first'],
    edits: [{ file: 'explore/trust/visitedGraphs', from: 'addQueueOrder(execution.queues, key);', to: '' }],
  },
  {
    name: 'time-out-never-over',
    part: 'execution: wait queues',
    testFile: 'test/memory/queues.test.ts',
    expectedBy: ['under sc, by states a wake-up with a count wakes those that have slept longest, and says how many'],
    edits: [
      { file: 'memory/waitQueues', from: 'const isWoken = this.asleep[thread] === NONE;', to: 'const isWoken = true;' },
    ],
  },
  {
    name: 'wait-does-not-sleep',
    part: 'wait queues',
    testFile: 'test/explore/execution.test.ts',
    expectedBy: [
      'the search of all states: threads that wait finds a lost wake-up, and none where the flag is looked at again',
    ],
    edits: [
      {
        file: 'explore/memoryModels/stepEffects',
        from: 'if (tree.expects(node[thread], low, high)) queues.sleep(thread, kind, id, s);',
        to: '',
      },
    ],
  },
  {
    name: 'blocked-execution-counted-as-complete',
    part: 'assumptions',
    testFile: 'test/explore/counts.slow.test.ts',
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
    name: 'unlock-without-holding-accepted',
    part: 'locks',
    testFile: 'test/explore/ends.test.ts',
    expectedBy: ["another's lock given back by none"],
    edits: [
      {
        file: 'explore/execution/locks',
        from: 'return this.holds(thread, place.id) ?',
        to: 'return thread >= 0 ?',
      },
    ],
  },
  {
    name: 'sleep-under-spinlock-accepted',
    part: 'locks',
    testFile: 'test/explore/ends.test.ts',
    expectedBy: ['a mutex under a spinlock by states'],
    edits: [
      {
        file: 'explore/execution/locks',
        from: 'if (!this.holds(thread, held.id)) continue;',
        to: 'if (held.id >= 0) continue;',
      },
    ],
  },
  {
    name: 'lock-held-at-end-accepted',
    part: 'locks',
    testFile: 'test/explore/ends.test.ts',
    expectedBy: ['a lock that is kept by states'],
    edits: [
      { file: 'check/checker', from: 'if (this.words[offset >>> 2] !== 0)', to: 'if (this.words[offset >>> 2] > 99)' },
    ],
  },
  {
    name: 'crash-not-classified',
    part: 'crashes',
    testFile: 'test/explore/ends.test.ts',
    expectedBy: ['an operation that throws by none'],
    edits: [
      {
        file: 'explore/execution/violation',
        from: "{ kind: 'crashed', violation: crashOf(",
        to: "{ kind: 'violated', violation: crashOf(",
      },
    ],
  },
];
