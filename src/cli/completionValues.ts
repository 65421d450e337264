import type { Argument, Option } from 'commander';
import { BENCHMARK_RINGS } from '../scenario/benchmarkRing.ts';
import { checkedScenarios } from '../scenario/builtinScenarios.ts';
import { trackerNames } from '../trackers/registry.ts';

/** What a shell offers for a value. */
export interface CompletionValues {
  readonly words: readonly string[];
  /** Whether it offers paths as well. */
  readonly paths: boolean;
}

type Value = Argument | Option;

const completionValues = new WeakMap<Value, () => CompletionValues>();

/**
 * Sets what is offered for a value that can also be something else. Commander's `choices` allow
 * nothing else.
 */
export function setCompletionValues<T extends Value>(value: T, values: () => CompletionValues): T {
  completionValues.set(value, values);
  return value;
}

export const getCompletionValues = (value: Value): CompletionValues | undefined => completionValues.get(value)?.();

/** The scenarios that `check` runs, of all trackers. */
export const checkedScenarioNames = (): string[] =>
  trackerNames.flatMap((tracker) => checkedScenarios(tracker)).map(({ spec }) => spec.name);

/** Names of built-in scenarios, or paths of others. */
export const scenarioNamesAndPaths = (): CompletionValues => ({
  words: [...checkedScenarioNames(), ...Object.keys(BENCHMARK_RINGS)],
  paths: true,
});
