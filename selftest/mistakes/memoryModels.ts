import type { Mistake } from './mistake.ts';

/** In the memory models tso and weak. */
export const memoryModels: readonly Mistake[] = [
  {
    name: 'fence-does-not-wait-for-the-buffer',
    part: 'tso: fences',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB+mb+mb'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoMemory',
        from: 'kind < Kind.xchg || kind === Kind.resume)',
        to: 'kind < Kind.xchg || kind === Kind.mb)',
      },
    ],
  },
  {
    name: 'update-does-not-wait-for-the-buffer',
    part: 'tso: atomic updates',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB with xchgs between'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoMemory',
        from: 'kind < Kind.xchg || kind === Kind.resume)',
        to: 'kind < Kind.lock || kind === Kind.resume)',
      },
    ],
  },
  {
    name: 'own-buffer-not-looked-at',
    part: 'tso: forwarding',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB+rfis'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoMemory',
        from: 'if (this.stores.location[store] === location) return store;',
        to: 'if (this.stores.location[store] < 0) return store;',
      },
    ],
  },
  {
    name: 'stores-not-held-back',
    part: 'tso: buffers',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB+po+po'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoMemory',
        from: "kind === Kind.unlock ? of === 'spinlock' : kind <= Kind.storeRelease && isWrite(kind);",
        to: "kind === Kind.unlock ? of === 'spinlock' : kind === Kind.storeRelease && isWrite(kind);",
      },
    ],
  },
  {
    name: 'states-forget-what-is-held-back',
    part: 'tso: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are distinguished by the value that a store buffer holds back'],
    edits: [{ file: 'explore/memoryModels/tso/tsoMemory', from: 'row.add(values[s]);', to: '' }],
  },
  {
    name: 'going-back-leaves-a-store-out',
    part: 'tso: undo',
    testFile: 'test/explore/undo.test.ts',
    expectedBy: ['tso: after steps forward and back all is as it was'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoMemory',
        from: 'this.buffers[thread].unshift(issued);',
        to: '',
      },
    ],
  },
  {
    name: 'release-orders-nothing',
    part: 'weak: release',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+rel+acq'],
    edits: [{ file: 'explore/memoryModels/weak/weakMemory', from: 'kind === Kind.storeRelease)', to: 'kind < 0)' }],
  },
  {
    name: 'acquire-orders-nothing',
    part: 'weak: acquire',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+rel+acq'],
    edits: [{ file: 'explore/memoryModels/weak/weakMemory', from: 'kind === Kind.loadAcquire)', to: 'kind < 0)' }],
  },
  {
    name: 'every-store-releases',
    part: 'weak: release',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+po+acq'],
    edits: [{ file: 'explore/memoryModels/weak/weakMemory', from: 'kind === Kind.storeRelease)', to: 'kind > 0)' }],
  },
  {
    name: 'rmb-orders-nothing',
    part: 'weak: fences',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+wmb+rmb'],
    edits: [
      {
        file: 'explore/memoryModels/weak/viewTransitions',
        from: 'views.join(view.loads, view.acquire)',
        to: 'view.loads',
      },
    ],
  },
  {
    name: 'wmb-orders-nothing',
    part: 'weak: fences',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+wmb+rmb'],
    edits: [
      {
        file: 'explore/memoryModels/weak/viewTransitions',
        from: 'views.join(view.release, view.stores)',
        to: 'view.release',
      },
    ],
  },
  {
    name: 'full-fences-know-nothing-of-one-another',
    part: 'weak: fences',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['weak: outcomes and graphs of SB+mb+mb'],
    edits: [
      {
        file: 'explore/memoryModels/weak/viewTransitions',
        from: 'views.joinLocations(known, this.scView).slice()',
        to: 'known.slice()',
      },
    ],
  },
  {
    name: 'stores-come-between-an-update',
    part: 'weak: atomic updates',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['weak: outcomes and graphs of an add and a store'],
    edits: [
      {
        file: 'explore/memoryModels/weak/choices',
        from: 'return next < others.length && update[others[next]];',
        to: 'return next > others.length && update[others[next]];',
      },
    ],
  },
  {
    name: 'older-read-after-newer',
    part: 'weak: coherence',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['weak: outcomes and graphs of CoRR'],
    edits: [
      {
        file: 'explore/memoryModels/weak/viewTransitions',
        from: 'after[this.stores.location[from[i]]] = from[i];',
        to: '',
      },
    ],
  },
  {
    name: 'newest-store-alone-is-read',
    part: 'weak: loads',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+po+po'],
    edits: [
      {
        file: 'explore/memoryModels/weak/choices',
        from: 'for (let i = order.length - 1; i >= oldest; i--) stores.push(order[i]);',
        to: 'stores.push(order[order.length - 1]);',
      },
    ],
  },
  {
    name: 'views-not-put-together',
    part: 'weak: views',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP+rel+acq'],
    edits: [{ file: 'explore/memoryModels/weak/threadView', from: 'rank[a[i]] >= rank[b[i]]', to: 'rank[a[i]] >= 0' }],
  },
  {
    name: 'unlock-hands-nothing-on',
    part: 'weak: locks',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['weak: outcomes and graphs of MP by a lock (m)'],
    edits: [
      {
        file: 'explore/memoryModels/weak/viewTransitions',
        from: 'this.handOn(id, this.views.join(current, loads));',
        to: '',
      },
    ],
  },
  {
    name: 'states-forget-what-the-last-store-carries',
    part: 'weak: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are distinguished by the message view of the last store of a cell'],
    edits: [{ file: 'explore/memoryModels/weak/weakState', from: 'this.addClosed(row);', to: '' }],
  },
  {
    name: 'states-forget-what-is-known',
    part: 'weak: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are distinguished by what an acquire has made known'],
    edits: [{ file: 'explore/memoryModels/weak/weakState', from: 'this.add(current, row);', to: '' }],
  },
  {
    name: 'states-forget-what-was-seen',
    part: 'weak: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are distinguished by what was seen, and a later fence makes known'],
    edits: [{ file: 'explore/memoryModels/weak/weakState', from: 'this.add(acquire, row);', to: '' }],
  },
  {
    name: 'states-forget-what-an-rmb-made-known',
    part: 'weak: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are distinguished by what an rmb has made known'],
    edits: [{ file: 'explore/memoryModels/weak/weakState', from: 'this.add(loads, row);', to: '' }],
  },
  {
    name: 'states-forget-what-a-wmb-publishes',
    part: 'weak: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are distinguished by what a wmb publishes'],
    edits: [{ file: 'explore/memoryModels/weak/weakState', from: 'this.add(release, row);', to: '' }],
  },
  {
    name: 'states-forget-older-stores',
    part: 'weak: states',
    testFile: 'test/explore/weakStates.test.ts',
    expectedBy: ['states are distinguished by a store that is not the newest'],
    edits: [{ file: 'explore/memoryModels/weak/weakState', from: 'row.add(low[store]);', to: '' }],
  },
  {
    name: 'going-back-keeps-the-order-of-fences',
    part: 'weak: undo',
    testFile: 'test/explore/undo.test.ts',
    expectedBy: ['weak: after steps forward and back all is as it was'],
    edits: [{ file: 'explore/memoryModels/weak/snapshots', from: 'transitions.scView = this.scViews[s];', to: '' }],
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
];
