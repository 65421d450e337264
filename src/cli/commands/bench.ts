import { Command } from 'commander';
import { explorerSteps } from '../bench.ts';
import { jsonOption } from '../options.ts';
import { print, printJson } from '../output.ts';

export const benchCommand = (): Command =>
  new Command('bench')
    .description('what a step in the explorer costs, in bare Atomics calls of the same run')
    .addOption(jsonOption())
    .addHelpText('after', '\nThe comparison with other libraries needs their packages: npm run bench in the project.')
    .action(({ json }: { json?: boolean }) => {
      const rows = explorerSteps();
      if (json) printJson({ schema: 1, rows });
      else
        for (const { what, perSecond, ratio } of rows)
          print(
            `${what.padEnd(44)} ${`${(perSecond / 1e6).toFixed(2)} M/s`.padStart(12)}  ${ratio.toFixed(1).padStart(6)} bare calls`,
          );
    });
