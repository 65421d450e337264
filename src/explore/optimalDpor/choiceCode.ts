import { accessCode, isChoice, Kind, kindOf, placeOf } from '../../memory/kinds.ts';
import type { Execution } from '../execution/execution.ts';
import { readFromIndex, threadOf } from '../schedule.ts';

/*
 * In wakeup trees and sleep sets, a `choose` with one result is another step than with a second
 * one. Its footprint has the result in the place of a location.
 */

/** What a step with this footprint chooses; 0: it is no `choose`. */
export const chosenBy = (code: number): number => (isChoice(kindOf(code)) ? placeOf(code) : 0);

/** The footprints of all results of the next step of `thread`, if it is a `choose`; else [0]. */
export function alternatives({ pending, tree, node }: Execution, thread: number): readonly number[] {
  if (!isChoice(kindOf(pending[thread]))) return NOT_KNOWN;
  return Array.from({ length: tree.operand[node[thread]] }, (_, chosen) => accessCode(Kind.choose, chosen));
}

/** The footprint of a step is known when it was taken. */
const NOT_KNOWN: readonly number[] = [0];

/** The footprint of step `s`. That of a `choose` has what was chosen. */
export function footprintWithChoice({ footprints, values }: Execution, s: number): number {
  return isChoice(kindOf(footprints[s])) ? accessCode(Kind.choose, values[s]) : footprints[s];
}

/** Takes the step of a schedule. */
export const takeChoice = (execution: Execution, choice: number): void =>
  execution.step(threadOf(choice), readFromIndex(choice));
