import { wallClock } from '../../explore/limits.ts';
import { setSupervisor } from '../../process/supervision.ts';
import type { BuiltInScenario } from '../../vm/builtInScenario.ts';
import { type CheckOptions, type CheckResult, checkScenario } from '../checkScenario.ts';
import { isUsageError } from '../errors.ts';
import { SCENARIO_GRACE_SECONDS } from '../guardScenario.ts';

/** A scenario for a thread. */
export interface ScenarioTask {
  readonly scenario: BuiltInScenario;
  readonly options: CheckOptions;
  readonly differs: boolean;
  /**
   * One word, which both threads share: the time by `wallClock` at which the scenario is late.
   * Infinity until it begins.
   */
  readonly deadline: Float64Array;
}

export type ScenarioAnswer =
  | { readonly kind: 'result'; readonly result: CheckResult }
  /** An error, of which a copy in another thread would lose its class. */
  | { readonly kind: 'error'; readonly message: string; readonly isUsage: boolean };

export default async function runScenario({
  scenario,
  options,
  differs,
  deadline,
}: ScenarioTask): Promise<ScenarioAnswer> {
  setSupervisor((message) => {
    if (message.kind === 'extend') deadline[0] += message.seconds * 1000;
    else if (message.kind === 'write') process[message.stream].write(message.text);
  });
  deadline[0] = wallClock() + (options.seconds + SCENARIO_GRACE_SECONDS) * 1000;
  try {
    return { kind: 'result', result: await checkScenario(scenario, options, differs) };
  } catch (error) {
    return { kind: 'error', message: (error as Error).message, isUsage: isUsageError(error) };
  } finally {
    deadline[0] = Infinity;
  }
}
