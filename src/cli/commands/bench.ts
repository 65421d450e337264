import { Command } from 'commander';
import { explorerSteps } from '../bench.ts';
import { modelRatios, proofs, twoThreads } from '../benchProofs.ts';
import { examples } from '../examples.ts';
import { jsonOption } from '../options.ts';
import { print, printJson } from '../output.ts';

export const benchCommand = (): Command =>
  new Command('bench')
    .description('what steps, executions and proofs cost, in bare Atomics calls of the same run')
    .addOption(jsonOption())
    .addHelpText('after', '\nThe comparison with other libraries needs their packages: npm run bench in the project.')
    .addHelpText(
      'after',
      examples({
        bench: 'measured here and now',
        'bench --json > bench.json': 'the same, to compare with later',
      }),
    )
    .action(async ({ json }: { json?: boolean }) => {
      const steps = explorerSteps();
      const rows = [...steps, ...proofs(steps[0].perSecond)];
      const ratios = [await twoThreads(), ...modelRatios()];
      if (json) {
        printJson({ schema: 1, rows, ratios });
        return;
      }
      for (const { what, perSecond, ratio } of rows)
        print(`${what.padEnd(48)} ${rate(perSecond).padStart(12)}  ${ratio.toFixed(1).padStart(7)} bare calls`);
      for (const { what, value } of ratios) print(`${what.padEnd(48)} ${value.toFixed(2).padStart(12)}`);
    });

const rate = (perSecond: number): string =>
  perSecond >= 1e6 ? `${(perSecond / 1e6).toFixed(2)} M/s` : `${(perSecond / 1e3).toFixed(0)} k/s`;
