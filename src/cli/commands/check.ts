import { Command } from 'commander';
import { checksOf } from '../../scenario/builtinScenarios.ts';
import { examples } from '../examples.ts';
import {
  directoryOption,
  jsonOption,
  memoryModelOption,
  quietOption,
  scenarioSecondsOption,
  seedOption,
  tearingOption,
  trackerOption,
} from '../options.ts';
import { type CheckOptions, runScenarios } from '../runScenarios.ts';

export const checkCommand = (): Command =>
  new Command('check')
    .description('the main job: every scenario of a tracker, proved where it is small enough, searched where it is not')
    .addOption(trackerOption())
    .addOption(scenarioSecondsOption())
    .addOption(memoryModelOption())
    .addOption(tearingOption())
    .addOption(directoryOption())
    .addOption(seedOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      'after',
      examples({
        check: "the mail's ring, all of its scenarios",
        'check --tracker dirty-ring@6.17': 'the ring as Linux 6.17 has it; what history knows has its number',
        'check --memory-model weak': 'on memory where a barrier that is missing shows',
        'check --json > report.json': 'one document, for a program to read',
      }),
    )
    .action(async (options: CheckOptions) => {
      await runScenarios(checksOf(options.tracker), options);
    });
