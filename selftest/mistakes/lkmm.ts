import type { Mistake } from './mistake.ts';

/** A mistake in the exploration of programs under lkmm. */
const mistake = (name: string, part: string, expectedBy: string, file: string, from: string, to: string): Mistake => ({
  name,
  part: `lkmm, explored: ${part}`,
  testFile: 'test/litmus/lkmmExplored.test.ts',
  expectedBy: [expectedBy],
  edits: [{ file: `explore/memoryModels/lkmm/${file}`, from, to }],
});

/** One that programs with futexes, or with parts of words, show. */
const adapted = (name: string, expectedBy: string, file: string, from: string, to: string): Mistake => ({
  name,
  part: 'lkmm, explored: what it has no words for',
  testFile: 'test/explore/lkmm.test.ts',
  expectedBy: [expectedBy],
  edits: [{ file, from, to }],
});

export const lkmm: readonly Mistake[] = [
  {
    ...adapted(
      'lkmm-explored-racy-accesses-order-nothing',
      'the stores of a push depend on the check for room',
      'explore/memoryModels/lkmm/graphEvents',
      '&& !memory.mayRace(thread, location)',
      '',
    ),
    testFile: 'test/trackers/pushOverReset.slow.test.ts',
  },
  adapted(
    'lkmm-explored-wait-is-no-fence',
    'wait and wake are full fences',
    'memory/wholeWords',
    'this.mem.mb(); this.mem.waitUntil(',
    'this.mem.waitUntil(',
  ),
  adapted(
    'lkmm-explored-xchg-of-a-part-clears-the-word',
    'parts of a word are the word',
    'memory/wholeWords',
    'return update(Kind.fetchAnd, others);',
    'return update(Kind.fetchAnd, 0);',
  ),
  adapted(
    'lkmm-explored-full-fence-breaks-every-promise',
    'load buffering before full fences',
    'explore/memoryModels/lkmm/promises',
    'if (isWrite(kind) && !isRelease(kind)) break;',
    '',
  ),
  mistake(
    'lkmm-explored-full-fences-propagate-nothing',
    'propagation',
    'with full fences',
    'graphOrder',
    'if (!pool.copy(pb).close())',
    'if (pb === undefined)',
  ),
  mistake(
    'lkmm-explored-without-load-buffering',
    'load buffering',
    'load buffering',
    'promises',
    'if (isFree) this.reads[thread].add(key);',
    '',
  ),
  mistake(
    'lkmm-explored-data-dependency-not-found',
    'dependencies',
    'copies in a circle, of a third value',
    'dependencyFinder',
    'for (const [read] of changed) found[kind].add(read);',
    "if (kind !== 'data') for (const [read] of changed) found[kind].add(read);",
  ),
  mistake(
    'lkmm-explored-control-dependency-not-found',
    'dependencies',
    'conditions in a circle, on a third value',
    'dependencyFinder',
    'for (const [read] of changed) found[kind].add(read);',
    "if (kind !== 'control') for (const [read] of changed) found[kind].add(read);",
  ),
  mistake(
    'lkmm-explored-release-is-not-cumulative',
    'cumulativity',
    'three threads',
    'graphOrder',
    'pool.copy(x.release).joinSequence(pool.copy(x.rfe).to(marked), x.release);',
    'pool.copy(x.release);',
  ),
];
