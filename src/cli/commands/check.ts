import { Command } from 'commander';
import { checksOf } from '../../scenario/builtinScenarios.ts';
import { canaryNamed, canaryOption, runsAsCanary } from '../canary.ts';
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

/** The tracker and the memory model that a canary shows in, where no other was asked for: elsewhere nothing would be found. */
function ofCanary(name: string | undefined, command: Command): Partial<Pick<CheckOptions, 'tracker' | 'memoryModel'>> {
  if (name === undefined) return {};
  const { tracker, memoryModel } = canaryNamed(name);
  const isAsked = (option: string): boolean => command.getOptionValueSource(option) !== 'default';
  return { ...(!isAsked('tracker') && { tracker }), ...(!isAsked('memoryModel') && { memoryModel }) };
}

export const checkCommand = (): Command =>
  new Command('check')
    .description('the main job: every scenario of a tracker, proved where it is small enough, searched where it is not')
    .addOption(trackerOption())
    .addOption(scenarioSecondsOption())
    .addOption(memoryModelOption())
    .addOption(tearingOption())
    .addOption(canaryOption())
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
    .action(async (given: CheckOptions, command: Command) => {
      const options = { ...given, ...ofCanary(given.canary, command) };
      if (runsAsCanary(options.canary)) return;
      await runScenarios(checksOf(options.tracker), options);
    });
