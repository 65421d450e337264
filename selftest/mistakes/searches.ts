// biome-ignore-all lint/suspicious/noTemplateCurlyInString: edits contain code
import type { Mistake } from './mistake.ts';

/** In what searches, and what it counts. */
export const searches: readonly Mistake[] = [
  {
    name: 'dfs-skips-deep-choices',
    part: 'interleavings',
    testFile: 'test/explore/counts.slow.test.ts',
    expectedBy: ['IRIW every interleaving is run, and they are in so many classes'],
    edits: [
      {
        file: 'explore/search/dfs',
        from: 'untried[at] = choices & ~(1 << thread);',
        to: 'untried[at] = at > 3 ? 0 : choices & ~(1 << thread);',
      },
    ],
  },
  {
    name: 'work-item-lost',
    part: 'work items',
    testFile: 'test/run/search.test.ts',
    expectedBy: ['a search in work items runs every interleaving once'],
    edits: [
      {
        file: 'explore/search/dfs',
        from: 'this.stack.push(...left.toReversed());',
        to: 'this.stack.push(...left.toReversed().slice(1));',
      },
    ],
  },
  {
    name: 'inexact-counter-key',
    part: 'keys of counters',
    testFile: 'test/explore/counterKey.test.ts',
    expectedBy: ['lists of counters have the same key if and only if they are the same'],
    edits: [
      {
        file: 'explore/counterKey',
        from: 'return key <= Number.MAX_SAFE_INTEGER ? key : Array.from(counters).join();',
        to: 'return key;',
      },
    ],
  },
  {
    name: 'batch-result-lost',
    part: 'work batches',
    testFile: 'test/run/searchPool.slow.test.ts',
    expectedBy: ['for any number of workers ring-m has 553 classes'],
    edits: [
      {
        file: 'explore/parallel/batchedSearch',
        from: 'for (let i = 0; i < results.length && progress.violation === undefined; i++)',
        to: 'for (let i = 0; i < results.length - (results.length > 8 ? 1 : 0) && progress.violation === undefined; i++)',
      },
    ],
  },
  {
    name: 'batch-quota-too-small',
    part: 'quotas of a batch',
    testFile: 'test/run/searchPool.slow.test.ts',
    expectedBy: ['for any number of workers ring-s has 46 classes'],
    edits: [
      {
        file: 'run/search/completedWork',
        from: ', missing < 0 ? Infinity : missing',
        to: ', missing < 0 ? Math.max(1, completed.length - 1) : missing',
        scope: ['function completedInOrder(completed)'],
      },
    ],
  },
  {
    name: 'sampling-batch-restarts-at-index-0',
    part: 'sampling',
    testFile: 'test/run/search.test.ts',
    expectedBy: ['sampling in batches gives the same executions as one by one'],
    edits: [
      {
        file: 'explore/search/sampling',
        from: 'for (let index = first; !progress.limitReached(0); index++)',
        to: 'for (let index = 0; !progress.limitReached(0); index++)',
      },
    ],
  },
  {
    name: 'class-counter-ignores-writing-step',
    part: 'classes',
    testFile: 'test/explore/counts.slow.test.ts',
    expectedBy: ['CoRR the optimal reduction runs each class once, for every order of the threads'],
    edits: [
      {
        file: 'explore/search/traceCounter',
        from: 'writer[place] = step;',
        to: 'writer[place] = thread + 1;',
        scope: ['const thread = schedule[s];'],
      },
    ],
  },
  {
    name: 'class-counter-ignores-reads-of-rmw',
    part: 'reads-from classes',
    testFile: 'test/explore/counts.slow.test.ts',
    expectedBy: ['ainc(2) every interleaving is run, and they are in so many classes'],
    edits: [
      {
        file: 'explore/search/traceCounter',
        from: 'if (!(traits & WRITES) || traits & RMW)',
        to: 'if (!(traits & WRITES))',
      },
    ],
  },
  {
    name: 'overlapping-cells-do-not-conflict',
    part: 'happens-before',
    testFile: 'test/explore/optimal.test.ts',
    expectedBy: ['a cmpxchg that fails because of one store, and succeeds because of another one without common bytes'],
    edits: [{ file: 'explore/happensBefore', from: '!this.overlaps[pa].includes(pb)', to: 'pa !== pb' }],
  },
  {
    name: 'loads-conflict',
    part: 'happens-before',
    testFile: 'test/explore/optimal.test.ts',
    expectedBy: ['a cmpxchg that fails because of one store, and succeeds because of another one without common bytes'],
    edits: [
      {
        file: 'explore/happensBefore',
        from: 'return (isWrite(ka) && usesValue(kb)) || (isWrite(kb) && usesValue(ka));',
        to: 'return usesValue(ka) && usesValue(kb);',
      },
    ],
  },
  {
    name: 'load-then-store-race-ignored',
    part: 'optimal DPOR: races',
    testFile: 'test/explore/optimal.test.ts',
    expectedBy: ['a cmpxchg that fails because of one store, and succeeds because of another one without common bytes'],
    edits: [
      { file: 'explore/happensBefore', from: 'if (read !== 0 && t !== thread)', to: 'if (read !== 0 && t === thread)' },
    ],
  },
  {
    name: 'lock-contention-race-ignored',
    part: 'optimal DPOR: races',
    testFile: 'test/explore/optimal.test.ts',
    expectedBy: ['a thread that holds a lock forever does not hide executions where another one takes it first'],
    edits: [
      {
        file: 'explore/optimalDpor/optimalDpor',
        from: 'if (holder >= 0)',
        to: 'if (holder > execution.steps)',
        scope: ['const { execution, order, strengthened } = this;'],
      },
    ],
  },
  {
    name: 'failed-cmpxchg-race-ignored',
    part: 'optimal DPOR: races',
    testFile: 'test/explore/optimal.test.ts',
    expectedBy: ['a cmpxchg that fails because of one store, and succeeds because of another one without common bytes'],
    edits: [
      {
        file: 'explore/optimalDpor/optimalDpor',
        from: 'return !this.execution.memory.isWrite(s) && isWrite(kindOf(this.footprintBefore(e, s)));',
        to: 'return false;',
      },
    ],
  },
  {
    name: 'wakeup-tree-loses-a-branch',
    part: 'optimal DPOR: wakeup tree',
    testFile: 'test/explore/optimal.test.ts',
    expectedBy: ['a cmpxchg that fails because of one store, and succeeds because of another one without common bytes'],
    edits: [
      {
        file: 'explore/optimalDpor/wakeupTree',
        from: 'if (conflict(code, codes[i])) return false;',
        to: 'if (i > 0 && conflict(code, codes[i])) return false;',
      },
    ],
  },
  {
    name: 'sleep-set-entry-never-removed',
    part: 'optimal DPOR: sleep sets',
    testFile: 'test/explore/optimal.test.ts',
    expectedBy: ['a cmpxchg that fails because of one store, and succeeds because of another one without common bytes'],
    edits: [
      {
        file: 'explore/optimalDpor/optimalDpor',
        from: 'if (!this.conflict(sleeping, code)) this.addToSleepSet(depth + 1, t, sleeping);',
        to: 'this.addToSleepSet(depth + 1, t, sleeping);',
      },
    ],
  },
  {
    name: 'sleep-set-empty',
    part: 'optimal DPOR: sleep sets',
    testFile: 'test/explore/optimal.test.ts',
    expectedBy: ['a cmpxchg that fails because of one store, and succeeds because of another one without common bytes'],
    edits: [
      {
        file: 'explore/optimalDpor/optimalDpor',
        from: 'if (!this.conflict(sleeping, code)) this.addToSleepSet(depth + 1, t, sleeping);',
        to: '',
      },
    ],
  },
  {
    name: 'choice-taken-for-another',
    part: 'optimal DPOR: choices',
    testFile: 'test/explore/choose.test.ts',
    expectedBy: ['a race behind one of two choices is reversed with that choice'],
    edits: [
      {
        file: 'explore/optimalDpor/wakeupTree',
        from: 'return !isChoice(kindOf(code)) || codes[i] === code;',
        to: 'return true;',
      },
    ],
  },
  {
    name: 'choice-revisited-twice',
    part: 'TruSt: choices',
    testFile: 'test/explore/choose.test.ts',
    expectedBy: ['a revisit that deletes a choice is made once'],
    edits: [
      {
        file: 'explore/trust/maximality',
        from: 'if (deletesRead && graph.events[s].chosen > 0) return undefined;',
        to: '',
      },
    ],
  },
  {
    name: 'choices-of-one-graph',
    part: 'hash of graphs: choices',
    testFile: 'test/explore/choose.test.ts',
    expectedBy: ['a choice is explored under rc11, once for each result'],
    edits: [
      {
        file: 'explore/memoryModels/relations',
        from: 'if (changesQueue(kind) || kind === Kind.choose)',
        to: 'if (changesQueue(kind))',
      },
    ],
  },
  {
    name: 'one-preemption-too-many',
    part: 'preemptions of a class',
    testFile: 'test/explore/counts.slow.test.ts',
    expectedBy: ['SB: with so many preemptions, so many classes'],
    edits: [
      {
        file: 'explore/search/preemptionBound',
        from: '.fewestPreemptions(max) <= max',
        to: '.fewestPreemptions(max + 1) <= max + 1',
      },
    ],
  },
  {
    name: 'preemptions-not-counted',
    part: 'preemptions of an interleaving',
    testFile: 'test/explore/counts.slow.test.ts',
    expectedBy: ['CoRR: with so many preemptions, so many classes'],
    edits: [
      {
        file: 'explore/search/dfs',
        from: "return kind === 'switches' || enabled & (1 << last) ? 1 : 0;",
        to: "return kind === 'switches' ? 1 : 0;",
      },
    ],
  },
  {
    name: 'step-limit-not-reported',
    part: 'limits',
    testFile: 'test/run/limits.slow.test.ts',
    expectedBy: ['a limit is never a pass steps of one execution, by none'],
    edits: [
      {
        file: 'explore/search/searchProgress',
        from: "this.limit ??= this.cutBy && { kind: 'execution', text: this.cutBy.limit };",
        to: ';',
      },
    ],
  },
  {
    name: 'execution-limit-not-reported',
    part: 'limits',
    testFile: 'test/run/limits.slow.test.ts',
    expectedBy: ['a limit is never a pass executions and seconds, by none under sc'],
    edits: [
      {
        file: 'explore/search/searchProgress',
        from: "this.endBy('executions', `${this.limits.executions} executions`)",
        to: 'return true',
      },
    ],
  },
  {
    name: 'limit-reported-as-pass',
    part: 'outcome of a report',
    testFile: 'test/run/limits.slow.test.ts',
    expectedBy: ['a limit is never a pass steps of one execution, by none'],
    edits: [
      {
        file: 'run/exploreReport',
        from: "return limit === undefined ? 'passed' : 'limit';",
        to: "return 'passed';",
      },
    ],
  },
  {
    name: 'no-complete-execution-reported-as-pass',
    part: 'outcome of a report',
    testFile: 'test/explore/ends.test.ts',
    expectedBy: ['an assumption that never holds by none'],
    edits: [
      {
        file: 'run/reportFindings',
        from: 'if (executions + cut > 0) return [];',
        to: 'if (executions + cut >= 0) return [];',
      },
    ],
  },
  {
    name: 'reached-predicates-not-shared-between-workers',
    part: 'parallel search',
    testFile: 'test/run/searchPool.slow.test.ts',
    expectedBy: ['for any number of workers ring-s has 46 classes'],
    edits: [{ file: 'run/search/searchPool', from: 'missing.delete(name)', to: 'missing.has(name)' }],
  },
];
