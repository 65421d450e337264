import type { Mistake } from './mistake.ts';

/** In execution graphs and data races. */
export const graphs: readonly Mistake[] = [
  {
    name: 'trust-without-revisits',
    part: 'TruSt: revisits',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of MP+po+po'],
    edits: [
      {
        file: 'explore/trust/revisits',
        from: 'if (graph.isIn(prefix, s) || graph.isLockEvent(s)) continue;',
        to: 'if (s > 0 || graph.isIn(prefix, s) || graph.isLockEvent(s)) continue;',
      },
    ],
  },
  {
    name: 'trust-revisit-skips-maximality-check',
    part: 'TruSt: maximality of deleted events',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of IRIW+po+po'],
    edits: [
      {
        file: 'explore/trust/graph',
        from: 'if (s !== own && (this.events[s].writeStamp <= stamp || this.isIn(prefix, s))) return false;',
        to: '',
      },
    ],
  },
  {
    name: 'trust-without-lock-revisits',
    part: 'TruSt: locks',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of SB under a lock (m)'],
    edits: [
      {
        file: 'explore/trust/revisits',
        from: 'if (kind === Kind.lock && half === undefined) addLockRevisits(builder, thread);',
        to: '',
      },
    ],
  },
  {
    name: 'trust-ignores-order-of-fences',
    part: 'TruSt: axioms',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of SB+mb+mb'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/scOrder',
        from: 'if (reads[a] >= 0 && rank[reads[a]] < rank[view[a]])',
        to: 'if (reads[a] >= 0 && rank[reads[a]] < 0)',
      },
    ],
  },
  {
    name: 'trust-tso-rmw-is-no-fence',
    part: 'TruSt: axioms of tso',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB with xchgs between'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoOrder',
        from: 'if (kind === Kind.mb || isRmw(kind) || kind === Kind.lock)',
        to: 'if (kind === Kind.mb || kind === Kind.lock)',
      },
    ],
  },
  {
    name: 'visited-graphs-hash-incomplete',
    part: 'visited graphs',
    testFile: 'test/explore/memoryModels.test.ts',
    expectedBy: ['halves of a word tso: a store to one cell does not change the other'],
    edits: [
      {
        file: 'explore/trust/visitedGraphs',
        from: 'for (const word of execution.memory.graphHash())',
        to: 'for (const word of execution.memory.graphHash().slice(2))',
      },
    ],
  },
  {
    name: 'read-write-data-race-ignored',
    part: 'data races',
    testFile: 'test/explore/dataRaces.slow.test.ts',
    expectedBy: ['release, relaxed'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/dataRaces',
        from: '!(isWrite(one) || isWrite(other))',
        to: '!(isWrite(one) && isWrite(other))',
      },
    ],
  },
  {
    name: 'rmb-orders-a-later-store',
    part: 'data races',
    testFile: 'test/explore/dataRaces.slow.test.ts',
    expectedBy: ['wmb and rmb, but it is written'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/dataRaces',
        from: 'isRead ? Math.max(current[index], loads[index]) : current[index]',
        to: 'Math.max(current[index], loads[index])',
      },
    ],
  },
  {
    name: 'atomic-accesses-race',
    part: 'data races',
    testFile: 'test/explore/dataRaces.slow.test.ts',
    expectedBy: ['two marked accesses after a plain one do not race with one another'],
    edits: [{ file: 'explore/memoryModels/rc11/dataRaces', from: '!(isPlain(one) || isPlain(other))', to: 'false' }],
  },
  {
    name: 'access-history-empty',
    part: 'data races: states',
    testFile: 'test/explore/dataRaces.slow.test.ts',
    expectedBy: ['states are distinguished by the accesses that happen before a later acquire'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/accessHistory',
        from: 'if (this.has(name, from)) continue;',
        to: 'if (this.has(name, 0) || this.count >= 0) continue;',
      },
    ],
  },
  {
    name: 'tso-passes-no-fence',
    part: 'data races under tso',
    testFile: 'test/explore/fenceRaces.slow.test.ts',
    expectedBy: ['a fence: in an operation of its own', 'a fence: behind a loop that spins'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoRaces',
        from: 'if (tree.fences.size === 0) return;',
        to: 'if (tree.fences.size >= 0) return;',
      },
    ],
  },
  {
    name: 'tso-passes-no-fence-between-operations',
    part: 'data races under tso',
    testFile: 'test/explore/fenceRaces.slow.test.ts',
    expectedBy: ['a fence: in an operation of its own'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoRaces',
        from: 'if (first === end) return;',
        to: 'if (first <= end) return;',
      },
    ],
  },
  {
    name: 'tso-fence-orders-the-access-before-it',
    part: 'data races under tso',
    testFile: 'test/explore/fenceRaces.slow.test.ts',
    expectedBy: ['a fence: behind the access'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoRaces',
        from: 'const race = this.races.at(s); this.passFences(s);',
        to: 'this.passFences(s); const race = this.races.at(s);',
      },
    ],
  },
  {
    name: 'tso-closed-iteration-has-no-fence',
    part: 'data races under tso',
    testFile: 'test/explore/fenceRaces.slow.test.ts',
    expectedBy: ['a fence: in a loop that stores'],
    edits: [
      {
        file: 'memory/runAhead',
        from: 'mem.keepFences(node);',
        to: 'if (tree.headOf(node) === node) mem.keepFences(node);',
        scope: ['const { tree, mem } = this;'],
      },
    ],
  },
  {
    name: 'tso-release-sequence-ends-at-once',
    part: 'data races under tso',
    testFile: 'test/explore/dataRaces.slow.test.ts',
    expectedBy: ['a release sequence'],
    edits: [
      {
        file: 'explore/memoryModels/tso/c11Clocks',
        from: ': view.release, read));',
        to: ': view.release, this.views.initial));',
      },
    ],
  },
  {
    name: 'tso-state-without-messages',
    part: 'data races under tso: states',
    testFile: 'test/explore/dataRaces.slow.test.ts',
    expectedBy: ['states are distinguished by the accesses that happen before a later acquire'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoRaces',
        from: 'this.buffers.forEachReadable((store) => this.add(messageViews[store], row));',
        to: 'void messageViews;',
      },
    ],
  },
  {
    name: 'tso-state-without-what-threads-know',
    part: 'data races under tso: states',
    testFile: 'test/explore/fenceRaces.slow.test.ts',
    expectedBy: ['states are distinguished by what a thread has acquired'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoRaces',
        from: 'if (this.execution.pending[t] < 0) continue;',
        to: 'if (this.execution.pending[t] < 0 || t >= 0) continue;',
      },
    ],
  },
  {
    name: 'trust-rejects-every-revisit',
    part: 'TruSt: maximality of deleted events',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of CoRR1'],
    edits: [
      {
        file: 'explore/trust/graph',
        from: 'const order = stores.order[stores.location[latest[l]]];',
        to: 'const order = stores.order[stores.location[latest[l]]]; if (l >= 0) return false;',
      },
    ],
  },
  {
    name: 'trust-without-consistency-check',
    part: 'TruSt: axioms',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB+mb+mb'],
    edits: [
      {
        file: 'explore/trust/trust',
        from: 'return this.model.isConsistent(this.builder.execution);',
        to: 'return true;',
      },
    ],
  },
];
