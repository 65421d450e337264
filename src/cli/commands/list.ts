import { Command } from 'commander';
import { SCHEMA } from '../../input/schema.ts';
import { plural } from '../../report/format.ts';
import { YARDSTICKS } from '../../scenario/benchmarkRing.ts';
import { checksOf } from '../../scenario/builtinScenarios.ts';
import { DEFAULT_TRACKER, type TrackerName } from '../../trackers/interface/names.ts';
import { examples } from '../examples.ts';
import { jsonOption, trackerOption } from '../options.ts';
import { print, printJson } from '../output.ts';

export const listCommand = (): Command =>
  new Command('list')
    .description('the built-in scenarios')
    .addOption(trackerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples({
        list: "the scenarios of the mail's ring",
        'list --tracker dirty-ring@6.17': 'those of another tracker',
        'list --json > scenarios.json': 'in the form that scenarios are written in',
      }),
    )
    .action(({ json, tracker }: { json?: boolean; tracker: TrackerName }) => {
      const scenarios = [
        ...checksOf(tracker).map(({ about, mode, spec }) => ({ about, mode, ...spec })),
        ...Object.entries(tracker === DEFAULT_TRACKER ? YARDSTICKS : {}).map(([name, [pushes, harvests, resets]]) => ({
          about: `a yardstick: ${pushes} pushes, ${harvests} harvests, ${plural(resets, 'reset')} of a ring of 4`,
          mode: 'measure',
          schema: SCHEMA,
          name,
          builtIn: name,
        })),
      ];
      if (json) printJson({ schema: SCHEMA, scenarios });
      else {
        const width = Math.max(...scenarios.map(({ name }) => name.length));
        for (const { about, mode, name } of scenarios) print(`${name.padEnd(width)} ${mode.padEnd(7)} ${about}`);
      }
    });
