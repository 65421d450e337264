import { Command, Option } from 'commander';
import { agreements, type KernelFiles, observe, partiesOf } from '../../../conformance/conformance.ts';
import { generateOperationSequences } from '../../../conformance/generate.ts';
import { ToolMissing } from '../../../conformance/toolMissing.ts';
import { SCHEMA } from '../../../input/schema.ts';
import { compile } from '../../../kernel/compile.ts';
import { plural } from '../../../report/format.ts';
import { kernelFileOf } from '../../../scenario/compiledKernel.ts';
import { type VersionName, versions } from '../../../trackers/dirtyRing/versions.ts';
import { STATUS } from '../../errors.ts';
import { examples } from '../../examples.ts';
import { fileOption, jsonOption, quietOption, seedOption, wholeNumberArgument } from '../../options.ts';
import { print, printJson, progress } from '../../output.ts';
import { allAgree, type ConformanceReport, printReport, printReportAsJson } from './conformanceReport.ts';

interface Options extends KernelFiles {
  readonly seed: number;
  readonly lists: number;
  readonly only?: number;
  readonly ring?: VersionName;
  readonly kdir?: string;
  readonly file: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** All states of a run are held at once, some 150 KB a list. */
const LISTS_MAX = 2000;

export const conformanceCommand = (): Command =>
  new Command('conformance')
    .description('boot a kernel in QEMU and compare its dirty rings with the model and the ring as merged')
    .requiredOption('--vmlinuz <file>', 'the kernel, for x86-64')
    .requiredOption('--modules <folder>', 'its modules, kvm and kvm-amd among them')
    .addOption(seedOption())
    .addOption(
      new Option('--lists <n>', 'lists of operations')
        .default(100)
        .argParser(wholeNumberArgument('lists', 1, LISTS_MAX)),
    )
    .addOption(
      new Option('--only <i>', 'only the list of that number, from 0').argParser(
        wholeNumberArgument('only', 0, LISTS_MAX - 1),
      ),
    )
    .addOption(new Option('--ring <version>', 'another version of our ring').choices(Object.keys(versions)))
    .addOption(new Option('--kdir <path>', 'the tree of that kernel: its C file is a party, too'))
    .addOption(fileOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      'after',
      '\ndocs/kernel-conformance.md says where kernel and modules come from. Exit status: 1 where they disagree, 3 where nothing could be compared.',
    )
    .addHelpText(
      'after',
      examples({
        'kernel conformance --vmlinuz boot/vmlinuz --modules lib/modules': 'a hundred lists of operations',
        'kernel conformance --vmlinuz boot/vmlinuz --modules lib/modules --only 7': 'one of them again',
        'kernel conformance --vmlinuz boot/vmlinuz --modules lib/modules --kdir linux-6.1': 'its own C file beside it',
      }),
    )
    .action(async (options: Options) => {
      try {
        process.exitCode = await conform(options);
      } catch (error) {
        if (!(error instanceof ToolMissing)) throw error;
        skipped(error.message, options);
      }
    });

/** Nothing was compared, which is no pass: the status is that of a harness that could not do its work. */
function skipped(why: string, { json }: Options): void {
  if (json) printJson({ schema: SCHEMA, outcome: 'skipped', why });
  else print(`- skipped: ${why}`);
  process.exitCode = STATUS.harness;
}

async function conform(options: Options): Promise<number> {
  const { vmlinuz, modules, seed, only, ring, kdir, file, json, quiet } = options;
  const first = only ?? 0;
  const drawn = generateOperationSequences(await fastCheck(), seed, Math.max(options.lists, first + 1));
  const lists = only === undefined ? drawn : [drawn[only]];
  const compiled = kdir === undefined ? undefined : kernelFileOf(await compile({ kdir, file, allowed: [] }));
  progress(`${plural(lists.length, 'list')} in QEMU`);
  const { release, build, lists: observed } = await observe({ vmlinuz, modules }, lists, first);
  progress('');
  const parties = agreements(lists, observed, partiesOf(release, ring, compiled), first);
  const report: ConformanceReport = { kernel: { release, build }, seed, first, lists, parties };
  if (json) printReportAsJson(report);
  else printReport(report, `--vmlinuz ${vmlinuz} --modules ${modules}`, quiet);
  return allAgree(report) ? STATUS.nothingFound : STATUS.findings;
}

async function fastCheck(): Promise<typeof import('fast-check').default> {
  try {
    return (await import('fast-check')).default;
  } catch {
    throw new ToolMissing('fast-check', 'it is not installed (npm install fast-check)');
  }
}
