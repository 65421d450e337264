import type { Mistake } from './mistake.ts';

/** In memory models, in the graphs of their executions, and in what finds data races. */
export const memoryModels: readonly Mistake[] = [
  {
    name: 'fence-does-not-wait-for-the-buffer',
    part: 'tso: fences',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB+mb+mb'],
    edits: [
      {
        file: 'explore/memoryModels/tsoExecution',
        from: 'kind < Kind.xchg || kind === Kind.resume)',
        to: 'kind < Kind.xchg || kind === Kind.mb)',
      },
    ],
  },
  {
    name: 'update-does-not-wait-for-the-buffer',
    part: 'tso: atomic updates',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB with xchgs between'],
    edits: [
      {
        file: 'explore/memoryModels/tsoExecution',
        from: 'kind < Kind.xchg || kind === Kind.resume)',
        to: 'kind < Kind.lock || kind === Kind.resume)',
      },
    ],
  },
  {
    name: 'own-buffer-not-looked-at',
    part: 'tso: forwarding',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB+rfis'],
    edits: [
      {
        file: 'explore/memoryModels/tsoExecution',
        from: 'if (this.stores.atom[store] === atom) return store;',
        to: 'if (this.stores.atom[store] < 0) return store;',
      },
    ],
  },
  {
    name: 'stores-not-held-back',
    part: 'tso: buffers',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB+po+po'],
    edits: [
      {
        file: 'explore/memoryModels/tsoExecution',
        from: "return kind === Kind.unlock ? of === 'spinlock' : kind <= Kind.storeRelease && isWrite(kind);",
        to: "return kind === Kind.unlock ? of === 'spinlock' : kind === Kind.storeRelease && isWrite(kind);",
      },
    ],
  },
  {
    name: 'states-forget-what-is-held-back',
    part: 'tso: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are told apart by the value that a store buffer holds back'],
    edits: [{ file: 'explore/memoryModels/tsoExecution', from: 'to.add(this.values[s]);', to: '' }],
  },
  {
    name: 'going-back-leaves-a-store-out',
    part: 'tso: undo',
    testFile: 'test/explore/goingBack.test.ts',
    expectedBy: ['tso: after steps forward and back all is as it was'],
    edits: [
      {
        file: 'explore/memoryModels/tsoExecution',
        from: 'this.buffers[thread - this.threads].unshift(issued);',
        to: '',
      },
    ],
  },
  {
    name: 'release-orders-nothing',
    part: 'weak: release',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+rel+acq'],
    edits: [{ file: 'explore/memoryModels/weakExecution', from: 'kind === Kind.storeRelease;', to: 'kind < 0;' }],
  },
  {
    name: 'acquire-orders-nothing',
    part: 'weak: acquire',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+rel+acq'],
    edits: [
      { file: 'explore/memoryModels/weakExecution', from: 'if (kind === Kind.loadAcquire)', to: 'if (kind < 0)' },
    ],
  },
  {
    name: 'every-store-releases',
    part: 'weak: release',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+po+acq'],
    edits: [{ file: 'explore/memoryModels/weakExecution', from: 'kind === Kind.storeRelease;', to: 'kind > 0;' }],
  },
  {
    name: 'rmb-orders-nothing',
    part: 'weak: fences',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+wmb+rmb'],
    edits: [
      { file: 'explore/memoryModels/weakExecution', from: 'views.join(known.ahead, known.seen)', to: 'known.ahead' },
    ],
  },
  {
    name: 'wmb-orders-nothing',
    part: 'weak: fences',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+wmb+rmb'],
    edits: [
      {
        file: 'explore/memoryModels/weakExecution',
        from: 'views.join(known.published, known.own)',
        to: 'known.published',
      },
    ],
  },
  {
    name: 'full-fences-know-nothing-of-one-another',
    part: 'weak: fences',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of SB+mb+mb'],
    edits: [
      {
        file: 'explore/memoryModels/weakExecution',
        from: "if (this.rules === 'weak') all = views.joinAtoms(all, this.shared);",
        to: '',
      },
    ],
  },
  {
    name: 'stores-come-between-an-update',
    part: 'weak: atomic updates',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of an add and a store'],
    edits: [
      {
        file: 'explore/memoryModels/weakExecution',
        from: 'return next < others.length && update[others[next]];',
        to: 'return next > others.length && update[others[next]];',
      },
    ],
  },
  {
    name: 'older-read-after-newer',
    part: 'weak: coherence',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of CoRR'],
    edits: [
      { file: 'explore/memoryModels/weakExecution', from: 'after[this.stores.atom[from[i]]] = from[i];', to: '' },
    ],
  },
  {
    name: 'newest-store-alone-is-read',
    part: 'weak: loads',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+po+po'],
    edits: [
      {
        file: 'explore/memoryModels/weakExecution',
        from: 'for (let i = order.length - 1; i >= floor; i--) stores.push(order[i]);',
        to: 'stores.push(order[order.length - 1]);',
      },
    ],
  },
  {
    name: 'views-not-put-together',
    part: 'weak: views',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+rel+acq'],
    edits: [{ file: 'explore/memoryModels/threadView', from: 'rank[a[i]] >= rank[b[i]]', to: 'rank[a[i]] >= 0' }],
  },
  {
    name: 'unlock-hands-nothing-on',
    part: 'weak: locks',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP by a lock (m)'],
    edits: [
      {
        file: 'explore/memoryModels/weakExecution',
        from: 'else this.hand(place.id, this.views.join(known.current, known.ahead));',
        to: '',
      },
    ],
  },
  {
    name: 'states-forget-what-the-last-store-carries',
    part: 'weak: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are told apart by what the last store of a cell tells to those who read it again'],
    edits: [{ file: 'explore/memoryModels/weakState', from: 'this.addClosed(row);', to: '' }],
  },
  {
    name: 'states-forget-what-is-known',
    part: 'weak: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are told apart by what an acquire has made known'],
    edits: [{ file: 'explore/memoryModels/weakState', from: 'this.add(current, row);', to: '' }],
  },
  {
    name: 'states-forget-what-was-seen',
    part: 'weak: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are told apart by what was seen, and a later fence makes known'],
    edits: [{ file: 'explore/memoryModels/weakState', from: 'this.add(seen, row);', to: '' }],
  },
  {
    name: 'states-forget-what-an-rmb-made-known',
    part: 'weak: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are told apart by what an rmb has made known'],
    edits: [{ file: 'explore/memoryModels/weakState', from: 'this.add(ahead, row);', to: '' }],
  },
  {
    name: 'states-forget-what-a-wmb-publishes',
    part: 'weak: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are told apart by what a wmb publishes'],
    edits: [{ file: 'explore/memoryModels/weakState', from: 'this.add(published, row);', to: '' }],
  },
  {
    name: 'states-forget-older-stores',
    part: 'weak: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are told apart by a store that is not the newest'],
    edits: [{ file: 'explore/memoryModels/weakState', from: 'row.add(stores.low[store]);', to: '' }],
  },
  {
    name: 'going-back-keeps-the-order-of-fences',
    part: 'weak: undo',
    testFile: 'test/explore/goingBack.test.ts',
    expectedBy: ['weak: after steps forward and back all is as it was'],
    edits: [{ file: 'explore/memoryModels/weakExecution', from: 'this.shared = this.sharedBefore[s];', to: '' }],
  },
  {
    name: 'parts-of-a-value-not-shifted',
    part: 'locations of overlapping cells',
    testFile: 'test/explore/memoryModels.test.ts',
    expectedBy: ['a 64-bit store tears under tso where it is plain, and tearing was asked for'],
    edits: [
      {
        file: 'explore/memoryModels/coherenceOrder',
        from: 'if (shift >= 32) high |= this.low[store] << (shift - 32);',
        to: 'if (shift > 32) high |= this.low[store] << (shift - 32);',
      },
    ],
  },
  {
    name: 'loads-read-from-no-later-store',
    part: 'graphs: revisits',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+po+po'],
    edits: [
      {
        file: 'explore/trust/revisits',
        from: 'if (graph.isIn(prefix, s) || graph.isLockEvent(s)) continue;',
        to: 'if (s > 0 || graph.isIn(prefix, s) || graph.isLockEvent(s)) continue;',
      },
    ],
  },
  {
    name: 'all-that-is-taken-back-was-the-newest',
    part: 'graphs: what is taken back',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of IRIW+po+po'],
    edits: [
      {
        file: 'explore/trust/graph',
        from: 'if (s !== own && (this.events[s].writeStamp <= stamp || this.isIn(prefix, s))) return false;',
        to: '',
      },
    ],
  },
  {
    name: 'nobody-overtakes-at-a-lock',
    part: 'graphs: locks',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of SB under a lock (m)'],
    edits: [
      {
        file: 'explore/trust/revisits',
        from: 'if (kind === Kind.lock && half === undefined) addLockRevisits(builder, thread);',
        to: '',
      },
    ],
  },
  {
    name: 'fences-in-no-order',
    part: 'graphs: axioms',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['weak: outcomes and graphs of SB+mb+mb'],
    edits: [
      {
        file: 'explore/trust/fences',
        from: 'if (step === s || !isBefore(graph, s, graph.knownAfter(step).current)) continue;',
        to: 'if (step >= 0) continue;',
      },
    ],
  },
  {
    name: 'updates-find-stores-in-their-buffer',
    part: 'graphs: axioms of tso',
    testFile: 'test/litmus/models.explored.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB with xchgs between'],
    edits: [
      {
        file: 'explore/trust/partialOrder',
        from: 'return kind === Kind.mb || isRmw(kind) ||',
        to: 'return kind === Kind.mb ||',
      },
    ],
  },
  {
    name: 'graphs-alike-by-who-reads-from-whom',
    part: 'graphs: wait queues and several locations',
    testFile: 'test/explore/memoryModels.test.ts',
    expectedBy: ['halves of a word tso: what is stored to one leaves the other alone'],
    edits: [
      {
        file: 'explore/trust/visitedGraphs',
        from: 'for (const word of execution.graphHash())',
        to: 'for (const word of execution.graphHash().slice(2))',
      },
    ],
  },
  {
    name: 'reads-race-with-nothing',
    part: 'data races',
    testFile: 'test/explore/dataRaces.test.ts',
    expectedBy: ['message passing release, relaxed'],
    edits: [
      {
        file: 'explore/memoryModels/dataRaces',
        from: '!(isWrite(one) || isWrite(other))',
        to: '!(isWrite(one) && isWrite(other))',
      },
    ],
  },
  {
    name: 'rmb-orders-a-later-store',
    part: 'data races',
    testFile: 'test/explore/dataRaces.test.ts',
    expectedBy: ['message passing wmb and rmb, but it is written'],
    edits: [
      {
        file: 'explore/memoryModels/dataRaces',
        from: 'isRead ? Math.max(current[index], ahead[index]) : current[index]',
        to: 'Math.max(current[index], ahead[index])',
      },
    ],
  },
  {
    name: 'atomic-accesses-race',
    part: 'data races',
    testFile: 'test/explore/dataRaces.test.ts',
    expectedBy: ['two marked accesses after a plain one do not race with one another'],
    edits: [{ file: 'explore/memoryModels/dataRaces', from: '!(isPlain(one) || isPlain(other))', to: 'false' }],
  },
  {
    name: 'past-accesses-forgotten',
    part: 'data races: states',
    testFile: 'test/explore/dataRaces.test.ts',
    expectedBy: ['states are told apart by what those know of earlier accesses who have yet to acquire'],
    edits: [
      {
        file: 'explore/memoryModels/accessHistory',
        from: 'if (this.has(name, from)) continue;',
        to: 'if (this.has(name, 0) || this.count >= 0) continue;',
      },
    ],
  },
];
