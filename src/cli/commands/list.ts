import { Command } from 'commander';
import { builtIns } from '../../scenario/builtin.ts';
import { SCHEMA } from '../../scenario/spec.ts';
import { YARDSTICKS } from '../../scenario/yardstick.ts';
import { jsonOption } from '../options.ts';
import { plural, print, printJson } from '../output.ts';

export const listCommand = (): Command =>
  new Command('list')
    .description('the built-in scenarios')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  gfnring list --json > scenarios.json')
    .action(({ json }: { json?: boolean }) => {
      const scenarios = [
        ...builtIns.map(({ about, mode, spec }) => ({ about, mode, ...spec })),
        ...Object.entries(YARDSTICKS).map(([name, [pushes, harvests, resets]]) => ({
          about: `a yardstick: ${pushes} pushes, ${harvests} harvests, ${plural(resets, 'reset')} of a ring of 4`,
          mode: 'measure',
          schema: SCHEMA,
          name,
          builtIn: name,
        })),
      ];
      if (json) printJson({ schema: SCHEMA, scenarios });
      else for (const { about, mode, name } of scenarios) print(`${name.padEnd(15)} ${mode.padEnd(7)} ${about}`);
    });
