import { type Command, Option } from 'commander';
import { compareReferences, type KernelFiles, observe, referencesFor } from '../../../conformance/conformance.ts';
import { generateLists } from '../../../conformance/generate.ts';
import { ToolMissing } from '../../../conformance/toolMissing.ts';
import { compile } from '../../../kernel/compile/compile.ts';
import { plural } from '../../../report/format.ts';
import { kernelFileOf } from '../../../scenario/compiledKernel.ts';
import { type VersionName, versions } from '../../../trackers/dirtyRing/versions.ts';
import { defineCommand } from '../../defineCommand.ts';
import { fileOption, jsonOption, quietOption, seedOption, wholeNumberArgument } from '../../options.ts';
import { progress } from '../../output.ts';
import { STATUS } from '../../status.ts';
import { allAgree, type ConformanceReport, printConformance, printConformanceJson } from './conformanceReport.ts';
import { withTools } from './withTools.ts';

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

/** All states of a run are in memory at once, about 150 KB for each list. */
const LISTS_MAX = 2000;

export const conformanceCommand = (): Command =>
  defineCommand({
    name: 'conformance',
    description: 'boot a kernel in QEMU and compare its dirty rings with the reference model and our merged ring',
    options: [
      new Option('--vmlinuz <file>', 'the kernel, for x86-64').makeOptionMandatory(),
      new Option('--modules <folder>', 'its modules, with kvm and kvm-amd').makeOptionMandatory(),
      seedOption(),
      new Option('--lists <n>', 'number of lists of operations')
        .default(100)
        .argParser(wholeNumberArgument('lists', 1, LISTS_MAX)),
      new Option('--only <i>', 'run only the list with this number, from 0').argParser(
        wholeNumberArgument('only', 0, LISTS_MAX - 1),
      ),
      new Option('--ring <version>', 'another version of our ring').choices(Object.keys(versions)),
      new Option('--kdir <path>', "the kernel's source tree: compare with its C file too"),
      fileOption(),
      jsonOption(),
      quietOption(),
    ],
    note: 'docs/kernel-conformance.md says where to get kernel and modules. Exit status: 1 if they disagree, 3 if nothing could be compared.',
    examples: {
      'kernel conformance --vmlinuz boot/vmlinuz --modules lib/modules': 'a hundred lists of operations',
      'kernel conformance --vmlinuz boot/vmlinuz --modules lib/modules --only 7': 'one of them again',
      'kernel conformance --vmlinuz boot/vmlinuz --modules lib/modules --kdir linux-6.1': 'its own C file as well',
    },
    action: (options: Options) => withTools(options, () => compareKernel(options)),
  });

/** Returns the exit status. */
async function compareKernel(options: Options): Promise<number> {
  const { vmlinuz, modules, seed, only, ring, kdir, file, json, quiet } = options;
  const first = only ?? 0;
  const generated = generateLists(await importFastCheck(), seed, Math.max(options.lists, first + 1));
  const lists = only === undefined ? generated : [generated[only]];
  const compiled = kdir === undefined ? undefined : kernelFileOf(await compile({ kdir, file, allowed: [] }));
  progress(`${plural(lists.length, 'list')} in QEMU`);
  const { release, build, lists: observed } = await observe({ vmlinuz, modules }, lists, first);
  progress('');
  const references = compareReferences(lists, observed, referencesFor(release, ring, compiled), first);
  const report: ConformanceReport = { kernel: { release, build }, seed, first, lists, references };
  if (json) printConformanceJson(report);
  else printConformance(report, `--vmlinuz ${vmlinuz} --modules ${modules}`, quiet);
  return allAgree(report) ? STATUS.nothingFound : STATUS.findings;
}

async function importFastCheck(): Promise<typeof import('fast-check').default> {
  try {
    return (await import('fast-check')).default;
  } catch {
    throw new ToolMissing('fast-check', 'it is not installed (npm install fast-check)');
  }
}
