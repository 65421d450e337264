import type { Mistake } from './mistake.ts';

/** What is known of loops, and what is left out of them. */
export const inLoops: readonly Mistake[] = [
  {
    name: 'liveness-ignores-back-edge',
    part: 'liveness of variables',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['a counter'],
    edits: [{ file: 'loops/liveness', from: 'const grown = union(head, next); if', to: 'const grown = head; if' }],
  },
  {
    name: 'liveness-ignores-conditional-assignment',
    part: 'liveness of variables',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['a counter of do'],
    edits: [
      {
        file: 'loops/expressionLiveness',
        from: 'return isUsed || out.has(variable) ? union(out, new Set([variable])) : out;',
        to: 'return without(out, [variable]);',
      },
    ],
  },
  {
    name: 'delay-without-bound-accepted',
    part: 'delays',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['a delay that does not end'],
    edits: [
      {
        file: 'loops/inertCode',
        from: 'memories !== undefined && this.isCountingLoop(node) &&',
        to: 'memories !== undefined &&',
      },
    ],
  },
  {
    name: 'snapshot-compares-identity-only',
    part: 'state of variables',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['a list'],
    edits: [
      {
        file: 'loops/snapshot',
        from: 'return `${name}${open}${contentText(value, seen)}{${ownText(value, seen)}}${textOf(Object.getPrototypeOf(value), seen)}`;',
        to: 'return name;',
      },
    ],
  },
  {
    name: 'snapshot-ignores-callers-frames',
    part: 'state of closures',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['a closure'],
    edits: [{ file: 'loops/probe', from: 'this.frames.push(frame);', to: '' }],
  },
  {
    name: 'loop-over-elements-not-counted',
    part: 'loops over elements',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['elements in turn'],
    edits: [{ file: 'loops/probe', from: 'this.counts.set(place, (this.counts.get(place) ?? 0) + 1);', to: '' }],
  },
  {
    name: 'loop-bound-ignored',
    part: 'bounds of loops',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['a bound on iterations is an assumption of the verdict'],
    edits: [{ file: 'loops/probe', from: 'throw new BoundExceeded(place);', to: 'return;' }],
  },
  {
    name: 'storing-iteration-is-idle',
    part: 'idle iterations',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['an addition'],
    edits: [{ file: 'memory/idleIteration', from: '!== seen.low) return undefined;', to: '!== seen.low) continue;' }],
  },
  {
    name: 'exchange-iteration-never-idle',
    part: 'idle iterations',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['a loop with an exchange, in a search of classes'],
    edits: [{ file: 'memory/idleIteration', from: '!== seen.low) return undefined;', to: '!== -1) return undefined;' }],
  },
  {
    name: 'sleeping-iteration-is-idle',
    part: 'idle iterations',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['sleeping again'],
    edits: [
      {
        file: 'memory/idleIteration',
        from: 'if (!isData(kind) && !isWait(kind)) return undefined;',
        to: 'if (!isData(kind) && !isWait(kind) && kind !== Kind.resume) return undefined;',
      },
      { file: 'memory/idleIteration', from: 'if (tree.expects(node, seen.low, seen.high)) return undefined;', to: '' },
    ],
  },
  {
    name: 'wait-until-never-repeats',
    part: 'waitUntil',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['waitUntil in vain'],
    edits: [{ file: 'memory/reexecutionMemory', from: 'this.repeated = first;', to: 'this.repeated = -1;' }],
  },
  {
    name: 'every-cycle-is-fair',
    part: 'livelocks',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['looks under a lock'],
    edits: [
      { file: 'explore/liveness/fairCycle', from: 'const starved = enabled & ~stepping;', to: 'const starved = 0;' },
    ],
  },
  {
    name: 'state-cycles-not-detected',
    part: 'livelocks',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['two that give back'],
    edits: [{ file: 'explore/states/stateCache', from: 'this.hasCycle = true;', to: '' }],
  },
  {
    name: 'no-iterative-deepening',
    part: 'iterative deepening',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['a shallow violation is found in a program with an unbounded loop'],
    edits: [{ file: 'run/search/deepening', from: 'const SHALLOW = 16;', to: 'const SHALLOW = 1 << 20;' }],
  },
  {
    name: 'minimiser-removes-wakers',
    part: 'minimisation',
    testFile: 'test/run/wakers.test.ts',
    expectedBy: ['an operation that could have woken a sleeping thread is not left out'],
    edits: [{ file: 'run/minimise/wakers', from: 'if (removed.length === 0) return true;', to: 'return true;' }],
  },
  {
    name: 'loop-comparison-disabled',
    part: 'comparison of loops',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['a counter, by comparison of iterations'],
    edits: [
      { file: 'explore/search/loopComparison', from: 'if (++this.runs > RUNS_MAX) return false;', to: 'continue;' },
    ],
  },
  {
    name: 'loop-comparison-one-extra-iteration',
    part: 'comparison of loops',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['a counter, by comparison of iterations'],
    edits: [{ file: 'explore/search/loopComparison', from: 'const EXTRA_MAX = 8;', to: 'const EXTRA_MAX = 1;' }],
  },
  {
    name: 'loop-comparison-not-disabled',
    part: 'comparison of loops',
    testFile: 'test/loops/iterations.test.ts',
    expectedBy: ['iterations are compared if the state of a loop is unknown, unless that is disabled'],
    edits: [{ file: 'memory/operationRunner', from: 'ahead.isExhausted && byComparison', to: 'ahead.isExhausted' }],
  },
  {
    name: 'spin-loops-ignore-stored-values',
    part: 'spin loops',
    testFile: 'test/explore/spins.test.ts',
    expectedBy: ['a loop that stores another value in each iteration is no spin loop'],
    edits: [{ file: 'memory/spinDetector', from: 'tree.operand[path[a]] === tree.operand[path[b]] &&', to: '' }],
  },
];
