import type { Mistake } from './mistake.ts';

/** In the memory models tso and rc11. */
export const memoryModels: readonly Mistake[] = [
  {
    name: 'tso-mb-does-not-drain-buffer',
    part: 'tso: fences',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB+mb+mb'],
    edits: [
      {
        file: 'explore/memoryModels/tso/storeBuffers',
        from: 'if (!isEndOfWait(kindOf(code)) &&',
        to: 'if (kindOf(code) !== Kind.mb &&',
      },
    ],
  },
  {
    name: 'tso-rmw-does-not-drain-buffer',
    part: 'tso: read-modify-writes',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB with xchgs between'],
    edits: [
      {
        file: 'explore/memoryModels/tso/storeBuffers',
        from: 'if (!isEndOfWait(kindOf(code)) &&',
        to: 'if (!isEndOfWait(kindOf(code)) && (kindOf(code) < Kind.xchg || kindOf(code) > Kind.fetchOr) &&',
      },
    ],
  },
  {
    name: 'tso-no-store-forwarding',
    part: 'tso: forwarding',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB+rfis'],
    edits: [
      {
        file: 'explore/memoryModels/tso/storeBuffers',
        from: 'if (stores.location[store] === location) return store;',
        to: 'if (this.stores.location[store] < 0) return store;',
      },
    ],
  },
  {
    name: 'tso-stores-not-buffered',
    part: 'tso: buffers',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['tso: outcomes and graphs of SB+po+po'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoOrder',
        from: "kind === Kind.unlock ? of === 'spinlock' : isStore(kind) && !isSeqCst(kind);",
        to: "kind === Kind.unlock ? of === 'spinlock' : kind === Kind.storeRelease;",
      },
    ],
  },
  {
    name: 'tso-state-key-without-buffered-values',
    part: 'tso: states',
    testFile: 'test/explore/rc11States.test.ts',
    expectedBy: ['states are distinguished by the value that a store buffer holds back'],
    edits: [{ file: 'explore/memoryModels/tso/storeBuffers', from: 'row.add(values[s]);', to: '' }],
  },
  {
    name: 'tso-undo-loses-buffered-store',
    part: 'tso: undo',
    testFile: 'test/explore/undo.test.ts',
    expectedBy: ['tso: after steps forward and back all is as it was'],
    edits: [
      {
        file: 'explore/memoryModels/tso/tsoMemory',
        from: 'this.buffers.of[thread].unshift(issued);',
        to: '',
      },
    ],
  },
  {
    name: 'store-release-is-relaxed',
    part: 'rc11: release',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of MP+rel+acq'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/viewTransitions',
        from: 'this.addMessages(isRelease(kind) ?',
        to: 'this.addMessages(kind < 0 ?',
      },
    ],
  },
  {
    name: 'load-acquire-is-relaxed',
    part: 'rc11: acquire',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of MP+rel+acq'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/viewTransitions',
        from: 'if (isAcquire(kind))\n            for',
        to: 'if (kind < 0)\n            for',
      },
    ],
  },
  {
    name: 'relaxed-store-is-release',
    part: 'rc11: release',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of MP+po+acq'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/viewTransitions',
        from: 'this.addMessages(isRelease(kind) ?',
        to: 'this.addMessages(kind > 0 ?',
      },
    ],
  },
  {
    name: 'rmb-has-no-effect',
    part: 'rc11: fences',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of MP+wmb+rmb'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/viewTransitions',
        from: 'views.join(view.loads, view.acquire)',
        to: 'view.loads',
      },
    ],
  },
  {
    name: 'wmb-has-no-effect',
    part: 'rc11: fences',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of MP+wmb+rmb'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/viewTransitions',
        from: 'views.join(view.release, view.stores)',
        to: 'view.release',
      },
    ],
  },
  {
    name: 'sc-fences-bound-no-access',
    part: 'rc11: fences',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of SB+mb+mb'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/scOrder',
        from: 'known = this.views.joinLocations(known, view);',
        to: '',
      },
    ],
  },
  {
    name: 'rmw-not-atomic-in-coherence-order',
    part: 'rc11: read-modify-writes',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of an add and a store'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/choices',
        from: 'return next < others.length && update[others[next]];',
        to: 'return next > others.length && update[others[next]];',
      },
    ],
  },
  {
    name: 'load-does-not-advance-view',
    part: 'rc11: coherence',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of CoRR'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/viewTransitions',
        from: 'after[this.stores.location[from[i]]] = from[i];',
        to: '',
      },
    ],
  },
  {
    name: 'rc11-load-reads-newest-store-only',
    part: 'rc11: loads',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of MP+po+po'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/choices',
        from: 'for (let i = order.length - 1; i >= oldest; i--) stores.push(order[i]);',
        to: 'stores.push(order[order.length - 1]);',
      },
    ],
  },
  {
    name: 'view-join-keeps-first-view',
    part: 'rc11: views',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of MP+rel+acq'],
    edits: [{ file: 'explore/memoryModels/rc11/threadView', from: 'rank[a[i]] >= rank[b[i]]', to: 'rank[a[i]] >= 0' }],
  },
  {
    name: 'unlock-publishes-no-view',
    part: 'rc11: locks',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of MP by a lock (m)'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/viewTransitions',
        from: 'this.handOn(id, this.views.join(current, view.loads));',
        to: '',
      },
    ],
  },
  {
    name: 'rc11-state-key-without-message-views',
    part: 'rc11: states',
    testFile: 'test/explore/rc11States.test.ts',
    expectedBy: ['states are distinguished by the message view of the last store of a cell'],
    edits: [{ file: 'explore/memoryModels/rc11/rc11State', from: 'this.addClosed(row);', to: '' }],
  },
  {
    name: 'rc11-state-key-without-current-view',
    part: 'rc11: states',
    testFile: 'test/explore/rc11States.test.ts',
    expectedBy: ['states are distinguished by what an acquire has made known'],
    edits: [{ file: 'explore/memoryModels/rc11/rc11State', from: 'this.add(current, row);', to: '' }],
  },
  {
    name: 'rc11-state-key-without-acquire-view',
    part: 'rc11: states',
    testFile: 'test/explore/rc11States.test.ts',
    expectedBy: ['states are distinguished by what was seen, and a later fence makes known'],
    edits: [{ file: 'explore/memoryModels/rc11/rc11State', from: 'this.add(acquire, row);', to: '' }],
  },
  {
    name: 'rc11-state-key-without-load-view',
    part: 'rc11: states',
    testFile: 'test/explore/rc11States.test.ts',
    expectedBy: ['states are distinguished by what an rmb has made known'],
    edits: [{ file: 'explore/memoryModels/rc11/rc11State', from: 'this.add(loads, row);', to: '' }],
  },
  {
    name: 'rc11-state-key-without-release-view',
    part: 'rc11: states',
    testFile: 'test/explore/rc11States.test.ts',
    expectedBy: ['states are distinguished by what a wmb publishes'],
    edits: [{ file: 'explore/memoryModels/rc11/rc11State', from: 'this.add(release, row);', to: '' }],
  },
  {
    name: 'rc11-state-key-without-store-values',
    part: 'rc11: states',
    testFile: 'test/explore/rc11States.test.ts',
    expectedBy: ['states are distinguished by a store that is not the newest'],
    edits: [{ file: 'explore/memoryModels/rc11/rc11State', from: 'row.add(low[store]);', to: '' }],
  },
  {
    name: 'rmw-ends-release-sequence',
    part: 'rc11: read-modify-writes',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of C11: MP through a relaxed exchange'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/viewTransitions',
        from: 'this.addMessages(views.join(own, read));',
        to: 'this.addMessages(own);',
      },
    ],
  },
  {
    name: 'sc-access-not-before-by-coherence',
    part: 'rc11: seq_cst accesses',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of C11: SB'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/scAccesses',
        from: 'return store !== undefined && store !== access.made[i] && rank[store] > this.rankBefore(access, i);',
        to: 'return false;',
      },
    ],
  },
  {
    name: 'sc-access-not-before-fence',
    part: 'rc11: seq_cst accesses',
    testFile: 'test/litmus/models.explored.slow.test.ts',
    expectedBy: ['rc11: outcomes and graphs of C11: SB, a fence in one thread'],
    edits: [
      {
        file: 'explore/memoryModels/rc11/scOrder',
        from: 'return this.accesses.isBeforeFence(access, view);',
        to: 'return false;',
      },
    ],
  },
  {
    name: 'state-key-without-sc-fences',
    part: 'rc11: states',
    testFile: 'test/explore/rc11States.test.ts',
    expectedBy: ['states are distinguished by what was read after a seq_cst fence'],
    edits: [{ file: 'explore/memoryModels/rc11/scHistory', from: 'this.addAccesses(fence, row);', to: '' }],
  },
  {
    name: 'state-key-without-past-of-sc-accesses',
    part: 'rc11: states',
    testFile: 'test/explore/rc11States.test.ts',
    expectedBy: ['states are distinguished by what was read by a seq_cst load'],
    edits: [{ file: 'explore/memoryModels/rc11/rc11State', from: 'this.addPast(row);', to: '' }],
  },
  {
    name: 'undo-keeps-order-of-sc-fences',
    part: 'rc11: undo',
    testFile: 'test/explore/undo.test.ts',
    expectedBy: ['rc11: after steps forward and back all is as it was'],
    edits: [
      { file: 'explore/memoryModels/rc11/snapshots', from: 'transitions.scOrder.undo(this.scChanges[s]);', to: '' },
    ],
  },
  {
    name: 'value-parts-not-shifted',
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
