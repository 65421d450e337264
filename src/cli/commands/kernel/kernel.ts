import { Argument, Command, Option } from 'commander';
import { BadInput } from '../../../input/badInput.ts';
import { compile } from '../../../kernel/compile.ts';
import type { Compiled } from '../../../kernel/compiled.ts';
import { plural } from '../../../report/format.ts';
import { checksOfKernel, kernelFileOf, trackerOfApi } from '../../../scenario/compiledKernel.ts';
import type { TrackerName } from '../../../trackers/interface/names.ts';
import type { BuiltInScenario } from '../../../vm/builtInScenario.ts';
import { checkedNames, setCompletionValues } from '../../completionValues.ts';
import { UsageError } from '../../errors.ts';
import { examples } from '../../examples.ts';
import {
  directoryOption,
  fileOption,
  jsonOption,
  memoryModelOption,
  quietOption,
  scenarioSecondsOption,
  seedOption,
  tearingOption,
} from '../../options.ts';
import { print, progress } from '../../output.ts';
import { type CheckOptions, runScenarios } from '../../runScenarios.ts';
import { conformanceCommand } from './conformance.ts';

interface Options extends Omit<CheckOptions, 'tracker'> {
  readonly kdir?: string;
  readonly file: string;
  readonly allowUnhooked: readonly string[];
}

export const kernelCommand = (): Command =>
  new Command('kernel')
    .enablePositionalOptions() // what stands behind `conformance` is its own
    .description(
      "a kernel's own C file in the place of the ring: compiled as it is, proved and searched like any other",
    )
    .addArgument(
      setCompletionValues(new Argument('[scenarios...]', 'those alone'), () => ({
        words: [...new Set(checkedNames().map(bare))],
        paths: false,
      })),
    )
    .addOption(new Option('--kdir <path>', 'an unpacked kernel tree'))
    .addCommand(conformanceCommand())
    .addOption(fileOption())
    .addOption(
      new Option(
        '--allow-unhooked <name>',
        'accesses that may stay unseen, by a part of their description; again for more',
      )
        .default([])
        .argParser((name: string, before: readonly string[]) => [...before, name]),
    )
    .addOption(new Option('--accept-known', 'status 0 where all that is found is known of that version'))
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
        'kernel --kdir linux-6.12': 'all scenarios of that ring, with the C file in its place',
        'kernel --kdir linux-6.1 --memory-model weak --accept-known': 'status 0 while nothing new is found',
        'kernel wrap migrate --kdir my-tree': 'two scenarios alone',
        'kernel ring --kdir examples/kernel --file virt/kvm/gfnring.c': 'the ring of the mail, in C',
      }),
    )
    .action(async (names: readonly string[], { kdir, file, allowUnhooked, ...options }: Options) => {
      if (kdir === undefined) throw new UsageError('name a kernel tree: --kdir PATH');
      progress(`compiling ${file} …`);
      const compiled = await compile({ kdir, file, allowed: allowUnhooked });
      progress('');
      const tracker = trackerOfApi[compiled.api];
      const { hooked, unhooked } = compiled;
      const kernel = kernelFileOf(compiled);
      if (!options.json && !options.quiet) print(`${described(compiled)}, as ${tracker}\n`);
      await runScenarios(
        named(checksOfKernel(kernel, tracker), tracker, names),
        { ...options, tracker, lines: true },
        { kernel: { ...kernel, hooked, unhooked } },
      );
    });

/** `wrap` of `dirty-ring@6.12/wrap`. */
const bare = (name: string): string => name.slice(name.indexOf('/') + 1);

/** Scenarios of a tracker by their names, or what comes after its own in them. */
function named(
  checks: readonly BuiltInScenario[],
  tracker: TrackerName,
  names: readonly string[],
): readonly BuiltInScenario[] {
  if (names.length === 0) return checks;
  const full = names.map((name) => (name.includes('/') ? name : [name, `${tracker}/${name}`]));
  const unknown = names.find((_, i) => !checks.some(({ spec }) => full[i].includes(spec.name)));
  if (unknown !== undefined)
    throw new BadInput(`unknown scenario ${unknown}: 'gfnring list --tracker ${tracker}' names them`);
  return checks.filter(({ spec }) => full.flat().includes(spec.name));
}

/** `virt/kvm/dirty_ring.c: 25 loads, 13 stores hooked`. */
function described({ file, hooked, unhooked }: Compiled): string {
  const counts = Object.entries(hooked).map(([what, n]) => plural(n, what.replaceAll('_', ' ')));
  const unseen = unhooked
    .map(
      (access) => `
  not hooked, so not seen: ${access}`,
    )
    .join('');
  return `${file}: ${counts.join(', ')} hooked${unseen}`;
}
