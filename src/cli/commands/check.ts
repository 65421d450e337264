import type { Command } from 'commander';
import { checkedScenarios } from '../../scenario/builtinScenarios.ts';
import type { CheckOptions } from '../checkScenario.ts';
import { defineCommand } from '../defineCommand.ts';
import { checkOptions, trackerOption } from '../options.ts';
import { runScenarios } from '../runScenarios.ts';

export const checkCommand = (): Command =>
  defineCommand({
    name: 'check',
    description: 'prove the small scenarios of a tracker and search the large ones',
    options: [trackerOption(), ...checkOptions()],
    examples: {
      check: "all scenarios of the mail's ring",
      'check --tracker dirty-ring@6.17': 'the ring of Linux 6.17; known defects are named by their numbers',
      'check --memory-model rc11': 'weak memory, which shows missing barriers',
      'check --json > report.json': 'one JSON document',
    },
    action: (options: CheckOptions) =>
      runScenarios(checkedScenarios(options.tracker), { ...options, stopAtUnknown: true }),
  });
