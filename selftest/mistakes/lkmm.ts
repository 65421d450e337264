import type { Mistake } from './mistake.ts';

/** A mistake in the exploration of programs under lkmm. */
const mistake = (name: string, part: string, expectedBy: string, file: string, from: string, to: string): Mistake => ({
  name,
  part: `lkmm, explored: ${part}`,
  testFile: 'test/litmus/lkmmExplored.test.ts',
  expectedBy: [expectedBy],
  edits: [{ file: `explore/memoryModels/lkmm/${file}`, from, to }],
});

export const lkmm: readonly Mistake[] = [
  mistake(
    'lkmm-explored-full-fences-propagate-nothing',
    'propagation',
    'with full fences',
    'graphOrder',
    'if (!pool.copy(pb).close().isIrreflexive)',
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
    'found.data.add(readOf[own[read]], event);',
    'found.data.has(readOf[own[read]], event);',
  ),
  mistake(
    'lkmm-explored-control-dependency-not-found',
    'dependencies',
    'conditions in a circle, on a third value',
    'dependencyFinder',
    'found.control.add(readOf[own[read]], event);',
    'found.control.has(readOf[own[read]], event);',
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
