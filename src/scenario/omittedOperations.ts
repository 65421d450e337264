import type { Scenario } from '../check/scenario.ts';
import type { Operation } from '../explore/program.ts';

/** `skipped[a]` are the operations of actor a that are left out. */
export type OmittedOperations = readonly (readonly number[])[];

/**
 * The scenario without some operations. Each is replaced by one that does nothing, so that results
 * keep their positions.
 */
export function omitOperations(scenario: Scenario, skipped: OmittedOperations): Scenario {
  if (skipped.every((of) => of.length === 0)) return scenario;
  const actors = scenario.program.actors.map((actor, a) => {
    const asks = actor.operations.some((operation) => operation.run.length > 1);
    const operations = actor.operations.map((operation, i) =>
      skipped[a]?.includes(i) ? (asks ? HANDS_ON : NOTHING) : operation,
    );
    return { ...actor, operations };
  });
  return { ...scenario, program: { ...scenario.program, actors } };
}

/** How many operations are left, and how many actors have one. */
export function countOperations({ program }: Scenario): { readonly operations: number; readonly actors: number } {
  const left = program.actors.map(
    ({ operations }) => operations.filter((op) => op !== NOTHING && op !== HANDS_ON).length,
  );
  return { operations: left.reduce((sum, n) => sum + n, 0), actors: left.filter((n) => n > 0).length };
}

const NOTHING: Operation = { label: 'skipped', run: () => undefined };
/** Passes on the result of the operation before the one that is left out. */
const HANDS_ON: Operation = { label: 'skipped', run: (_, before) => before };
