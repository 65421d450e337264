import type { Mistake } from './mistake.ts';

/** In the stand-ins for shared memory. */
export const ofStandIns: readonly Mistake[] = [
  {
    name: 'atomic-store-is-plain',
    part: 'stand-ins: Atomics',
    testFile: 'test/shared/sharedScenario.test.ts',
    expectedBy: ['under rc11 Atomics are sequentially consistent, and other accesses are not'],
    edits: [
      {
        file: 'shared/atomics',
        from: "mem.store(cell, bits, 'seq_cst');",
        to: 'mem.store(cell, bits);',
      },
    ],
  },
  {
    name: 'wait-ignores-its-time-out',
    part: 'stand-ins: Atomics',
    testFile: 'test/shared/sharedScenario.test.ts',
    expectedBy: ['under sc a wait has three results'],
    edits: [{ file: 'shared/atomics', from: 'mem.wait(cell, expected, ms)', to: 'mem.wait(cell, expected, Infinity)' }],
  },
  {
    name: 'view-ignores-its-offset',
    part: 'stand-ins: views',
    testFile: 'test/shared/differential.test.ts',
    expectedBy: ['programs do on stand-ins what they do on real shared memory'],
    edits: [
      {
        file: 'shared/view',
        from: 'loadElement(buffer, type, byteOffset + index * type.bytes)',
        to: 'loadElement(buffer, type, index * type.bytes)',
      },
    ],
  },
  {
    name: 'timers-before-immediates',
    part: 'stand-ins: event loop',
    testFile: 'test/shared/sharedScenario.test.ts',
    expectedBy: ['callbacks of an operation microtasks come before immediates, and these before timers'],
    edits: [
      {
        file: 'shared/eventLoop',
        from: 'this.microtasks.shift() ?? this.immediates.shift()?.run',
        to: 'this.microtasks.shift() ?? this.takeTimer() ?? this.immediates.shift()?.run',
      },
    ],
  },
];
