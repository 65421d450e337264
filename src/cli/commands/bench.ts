import type { Command } from 'commander';
import { explorerSteps } from '../bench.ts';
import { measureModelRatios, measureProofs, measureTwoThreads } from '../benchProofs.ts';
import { defineCommand } from '../defineCommand.ts';
import { jsonOption } from '../options.ts';
import { print, printJson } from '../output.ts';

export const benchCommand = (): Command =>
  defineCommand({
    name: 'bench',
    description: 'measure steps, executions and proofs, in units of bare Atomics calls of the same run',
    options: [jsonOption()],
    note: "The comparison with other libraries needs their packages: 'npm run bench' in a checkout.",
    examples: {
      bench: 'measure on this machine',
      'bench --json > bench.json': 'the same, to compare with later',
    },
    action: bench,
  });

async function bench({ json }: { json?: boolean }): Promise<void> {
  const steps = explorerSteps();
  const rows = [...steps, ...measureProofs(steps[0].perSecond)];
  const ratios = [await measureTwoThreads(), ...measureModelRatios()];
  if (json) {
    printJson({ schema: 1, rows, ratios });
    return;
  }
  for (const { what, perSecond, ratio } of rows)
    print(`${what.padEnd(48)} ${formatRate(perSecond).padStart(12)}  ${ratio.toFixed(1).padStart(7)} bare calls`);
  for (const { what, value } of ratios) print(`${what.padEnd(48)} ${value.toFixed(2).padStart(12)}`);
}

const formatRate = (perSecond: number): string =>
  perSecond >= 1e6 ? `${(perSecond / 1e6).toFixed(2)} M/s` : `${(perSecond / 1e3).toFixed(0)} k/s`;
