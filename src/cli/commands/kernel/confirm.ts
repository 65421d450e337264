import { Argument, type Command, Option } from 'commander';
import { confirmSchedule, countLosses, lossOf, scheduleOfFinding } from '../../../confirm/confirm.ts';
import { defectDescriptions } from '../../../confirm/defects.ts';
import type { KernelRounds } from '../../../confirm/rounds.ts';
import type { KernelFiles } from '../../../conformance/conformance.ts';
import { SCHEMA } from '../../../input/schema.ts';
import { shellQuote } from '../../../input/shellQuote.ts';
import { defineCommand } from '../../defineCommand.ts';
import { jsonOption, trustOption, wholeNumberArgument } from '../../options.ts';
import { print, printJson, progress } from '../../output.ts';
import { loadScheduledFinding } from '../../printFinding.ts';
import { STATUS } from '../../status.ts';
import { formatConfirmation } from './confirmReport.ts';
import { withTools } from './withTools.ts';

interface Options extends KernelFiles {
  readonly rounds: number;
  readonly json?: boolean;
}

/** A round takes a fifth of a second, or four where the kernel makes a thread wait. */
const ROUNDS_MAX = 1000;

export const confirmCommand = (): Command =>
  defineCommand({
    name: 'confirm',
    description: 'boot a kernel in QEMU and force the schedule of a finding on it: does it lose the write?',
    args: [new Argument('<finding>', "the path of a finding of dirty-ring, or of a kernel's own file")],
    options: [
      new Option('--vmlinuz <file>', 'the kernel, for x86-64').makeOptionMandatory(),
      new Option('--modules <folder>', 'its modules, with kvm and kvm-amd').makeOptionMandatory(),
      new Option('--rounds <n>', 'number of rounds with the schedule, and without it')
        .default(10)
        .argParser(wholeNumberArgument('rounds', 1, ROUNDS_MAX)),
      jsonOption(),
      trustOption(),
    ],
    note: 'docs/kernel-confirm.md says how. Exit status: 1 if a write is lost, 3 if it could not be tried.',
    examples: {
      'kernel confirm finding.json --vmlinuz boot/vmlinuz --modules lib/modules':
        'ten rounds with the schedule, ten without',
      'kernel confirm finding.json --vmlinuz boot/vmlinuz --modules patched': 'the same with modules that have a fix',
    },
    action: (file: string, options: Options) => withTools(options, () => confirm(file, options)),
  });

/** Returns the exit status. */
async function confirm(file: string, { vmlinuz, modules, rounds, json }: Options): Promise<number> {
  const schedule = await scheduleOfFinding(loadScheduledFinding(file), file);
  progress('booting …');
  const confirmation = await confirmSchedule({ vmlinuz, modules }, schedule, rounds, (done) =>
    progress(`round ${done} of ${2 * rounds}`),
  );
  progress('');
  const forced = countLosses(confirmation, true);
  const outcome = forced.lost > 0 ? 'confirmed' : 'not confirmed';
  const command = `npx gfnring kernel confirm ${[file, '--vmlinuz', vmlinuz, '--modules', modules].map(quoted).join(' ')}`;
  if (json) {
    const { release, build, rounds: performed } = confirmation;
    const { scenario, property, defect, blocks } = schedule;
    printJson({
      schema: SCHEMA,
      outcome,
      kernel: { release, build },
      ...{ scenario, property, defect },
      description: (defect !== null && defectDescriptions[defect]) || null,
      reproduce: command,
      blocks,
      withSchedule: forced,
      withoutSchedule: countLosses(confirmation, false),
      rounds: performed.map((round) => ({ ...round, lost: lossOf(round) })),
    });
  } else for (const line of formatConfirmation(confirmation, command)) print(line);
  return statusOfConfirmation(confirmation);
}

/** The exit status: whether a write was lost with the schedule. */
export const statusOfConfirmation = (confirmation: KernelRounds): number =>
  countLosses(confirmation, true).lost > 0 ? STATUS.findings : STATUS.nothingFound;

const quoted = (argument: string): string => (argument.startsWith('--') ? argument : shellQuote(argument));
