import type { MemoryModelName } from '#dist/explore/memoryModels/registry.js';
import { searched } from '../explored.ts';
import { scenarioOf } from '../program.ts';
import { equal } from '../selfCheck.ts';

/** Message passing of a plain `x` in the ways that order it, and in those that do not: see docs/memory-models.md. */
const KNOWN: readonly (readonly [string, boolean])[] = [
  ['raw x=1; rel y=1 | acq y; ?1; raw x', false],
  ['raw x=1; rel y=1 | y; ?1; raw x', true],
  ['raw x=1; y=1 | acq y; ?1; raw x', true],
  ['raw x=1; wmb; y=1 | y; ?1; rmb; raw x', false],
  ['raw x=1; wmb; y=1 | y; ?1; rmb; raw x=2', true],
  ['raw x=1; add y 1 | acq y; ?1; raw x', false],
  ['raw x; rel y=1 | acq y; ?1; raw x=1', false],
  ['raw x; y=1 | acq y; ?1; raw x=1', true],
  ['raw x; wmb; y=1 | acq y; ?1; raw x=1', true],
  ['raw x=1 | x', true],
  ['raw x | x=1', true],
  ['raw x | add x 1', true],
  ['raw x | cas x 1 2', false],
  ['x=1 | x', false],
  ['raw x | raw x', false],
  ['lock m; raw x=1; unlock m | lock m; raw x=2; unlock m', false],
  ['lock m; raw x=1; unlock m | lock m; unlock m; raw x=2', true],
  ['raw x=1; rel y=1; wake y | wait y 0; acq y; raw x', false],
  ['raw x=1; rel y=1 | acq y; ?1; x=2 | acq y; ?1; x', false],
  ['raw L=1 | raw H=1', false],
  ['raw L=1 | w', true],
  // States are told apart by what those know of earlier accesses who have yet to acquire: see `test/explore/dataRaces.test.ts`.
  ['L=1; rel d=1 | raw x; rel w=458753 | w; ?458753; acq d; ?1; rel z=1 | acq z; ?1; acq L; raw x=1', true],
];

export function dataRaces(): void {
  for (const [text, races] of KNOWN) {
    const of = scenarioOf('races', text);
    const known = races ? 'no data race' : undefined;
    for (const reduction of ['states', 'optimal'] as const)
      equal(`${text}, by ${reduction}`, propertyOf(of, 'weak', reduction), known);
    for (const model of ['sc', 'tso'] as const)
      equal(`${text}, under ${model}`, propertyOf(of, model, 'states'), undefined);
  }
  const [{ program: meant }, x] = [scenarioOf('meant', 'raw x=1 | raw x'), 'x'];
  const racy = meant.layout.places.filter(({ name }) => name === x);
  equal(
    'a race that is meant',
    propertyOf({ ...scenarioOf('meant', 'x'), program: { ...meant, racy } }, 'weak', 'states'),
    undefined,
  );
}

function propertyOf(
  of: ReturnType<typeof scenarioOf>,
  memoryModel: MemoryModelName,
  reduction: 'states' | 'optimal',
): string | undefined {
  return searched(of, { memoryModel, reduction }).violation?.property;
}
