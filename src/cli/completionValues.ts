import type { Argument, Option } from 'commander';
import { YARDSTICKS } from '../scenario/benchmarkRing.ts';
import { checksOf } from '../scenario/builtinScenarios.ts';
import { trackerNames } from '../trackers/interface/names.ts';

/** What completion offers for a value: words, and whether paths. */
export interface Values {
  readonly words: readonly string[];
  readonly paths: boolean;
}

type Value = Argument | Option;

const known = new WeakMap<Value, () => Values>();

/** For a value that can be more than it is offered; choices are all that there is. */
export function setCompletionValues<T extends Value>(of: T, values: () => Values): T {
  known.set(of, values);
  return of;
}

export const suggested = (of: Value): Values | undefined => known.get(of)?.();

/** What `check` runs, for all trackers. */
export const checkedNames = (): string[] => trackerNames.flatMap(checksOf).map(({ spec }) => spec.name);

/** Built-in scenarios, or paths of other ones. */
export const scenarios = (): Values => ({ words: [...checkedNames(), ...Object.keys(YARDSTICKS)], paths: true });
