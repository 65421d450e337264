import type { Plugin } from 'vitest/config';
import { SCENARIO_FILES } from './scenarioFiles.ts';

/** A test, or a suite of tests, as vitest knows it after a run. */
interface Task {
  readonly meta: object;
  readonly tasks?: readonly Task[];
}

/**
 * A plugin for the configuration of vitest. In watch mode, tests run again when a scenario changes
 * that they explore by its path, or a file that it imports: `plugins: [watchScenarios()]`.
 */
export function watchScenarios(): Plugin {
  return {
    name: 'gfnring',
    configureVitest({ vitest }) {
      const testsOf = (file: string): string[] =>
        vitest.state
          .getFiles()
          .filter((of) => dependsOn(of, file))
          .map(({ filepath }) => filepath);
      const trigger = { pattern: /\.([cm]?[jt]s|json)$/, testsToRun: testsOf };
      const { config } = vitest;
      config.watchTriggerPatterns = [...(config.watchTriggerPatterns ?? []), trigger];
    },
  };
}

const dependsOn = ({ meta, tasks }: Task, file: string): boolean =>
  ((meta as Readonly<Record<string, readonly string[]>>)[SCENARIO_FILES] ?? []).includes(file) ||
  (tasks ?? []).some((task) => dependsOn(task, file));
