import type { Command } from 'commander';
import { SCHEMA } from '../../input/schema.ts';
import { plural } from '../../report/format.ts';
import { BENCHMARK_RINGS } from '../../scenario/benchmarkRing.ts';
import { checkedScenarios } from '../../scenario/builtinScenarios.ts';
import { DEFAULT_TRACKER } from '../../trackers/interface/tracker.ts';
import { defineCommand } from '../defineCommand.ts';
import { jsonOption, trackerOption } from '../options.ts';
import { print, printJson } from '../output.ts';

export const listCommand = (): Command =>
  defineCommand({
    name: 'list',
    description: 'list the built-in scenarios',
    options: [trackerOption(), jsonOption()],
    examples: {
      list: "the scenarios of the mail's ring",
      'list --tracker dirty-ring@6.17': 'the scenarios of another tracker',
      'list --json > scenarios.json': 'as JSON, in the form of scenario files',
    },
    action: list,
  });

function list({ json, tracker }: { json?: boolean; tracker: string }): void {
  const benchmarks = Object.entries(tracker === DEFAULT_TRACKER ? BENCHMARK_RINGS : {});
  const scenarios = [
    ...checkedScenarios(tracker).map(({ about, mode, spec }) => ({ about, mode, ...spec })),
    ...benchmarks.map(([name, [pushes, harvests, resets]]) => ({
      about: `a benchmark: ${pushes} pushes, ${harvests} harvests, ${plural(resets, 'reset')} of a ring of 4`,
      mode: 'measure',
      schema: SCHEMA,
      name,
      builtIn: name,
    })),
  ];
  if (json) {
    printJson({ schema: SCHEMA, scenarios });
    return;
  }
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  for (const { about, mode, name } of scenarios) print(`${name.padEnd(width)} ${mode.padEnd(7)} ${about}`);
}
