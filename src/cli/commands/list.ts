import { Command } from 'commander';
import { builtIns } from '../../scenario/builtin.ts';
import { SCHEMA } from '../../scenario/spec.ts';
import { jsonOption } from '../options.ts';
import { print, printJson } from '../output.ts';

export const listCommand = (): Command =>
  new Command('list')
    .description('the built-in scenarios')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  gfnring list --json > scenarios.json')
    .action(({ json }: { json?: boolean }) => {
      if (json)
        printJson({ schema: SCHEMA, scenarios: builtIns.map(({ about, mode, spec }) => ({ about, mode, ...spec })) });
      else for (const { about, mode, spec } of builtIns) print(`${spec.name.padEnd(15)} ${mode.padEnd(6)} ${about}`);
    });
