import { Argument, type Command, Option } from 'commander';
import { BadInput } from '../../../input/badInput.ts';
import { compile } from '../../../kernel/compile.ts';
import type { CompiledKernel } from '../../../kernel/compiled.ts';
import { plural } from '../../../report/format.ts';
import { checksOfKernel, kernelFileOf, trackerOfApi } from '../../../scenario/compiledKernel.ts';
import type { BuiltInScenario } from '../../../vm/builtInScenario.ts';
import { checkedScenarioNames, setCompletionValues } from '../../completionValues.ts';
import { defineCommand } from '../../defineCommand.ts';
import { UsageError } from '../../errors.ts';
import { checkOptions, fileOption } from '../../options.ts';
import { print, progress } from '../../output.ts';
import { type CheckOptions, runScenarios } from '../../runScenarios.ts';
import { conformanceCommand } from './conformance.ts';

interface Options extends Omit<CheckOptions, 'tracker'> {
  readonly kdir?: string;
  readonly file: string;
  readonly allowUnhooked: readonly string[];
}

export const kernelCommand = (): Command =>
  defineCommand({
    name: 'kernel',
    description: "check a kernel's own C file in the place of our ring: it is compiled, proved and searched",
    args: [
      setCompletionValues(new Argument('[scenarios...]', 'only these scenarios'), () => ({
        words: [...new Set(checkedScenarioNames().map(withoutTracker))],
        paths: false,
      })),
    ],
    options: [
      new Option('--kdir <path>', 'an unpacked kernel tree'),
      fileOption(),
      new Option(
        '--allow-unhooked <name>',
        'accept that an access is not hooked, by a part of its description; can be repeated',
      )
        .default([])
        .argParser((name: string, previous: readonly string[]) => [...previous, name]),
      new Option('--accept-known', 'status 0 if all findings are known defects of that version'),
      ...checkOptions(),
    ],
    commands: [conformanceCommand()],
    examples: {
      'kernel --kdir linux-6.12': 'all scenarios of that ring, with the C file in its place',
      'kernel --kdir linux-6.1 --memory-model rc11 --accept-known': 'status 0 while nothing new is found',
      'kernel wrap migrate --kdir my-tree': 'two scenarios only',
      'kernel ring --kdir examples/kernel --file virt/kvm/gfnring.c': 'the ring of the mail, in C',
    },
    action: checkKernel,
  }).enablePositionalOptions(); // the options after `conformance` belong to that command

async function checkKernel(
  names: readonly string[],
  { kdir, file, allowUnhooked, ...options }: Options,
): Promise<void> {
  if (kdir === undefined) throw new UsageError('name a kernel tree: --kdir PATH');
  progress(`compiling ${file} …`);
  const compiled = await compile({ kdir, file, allowed: allowUnhooked });
  progress('');
  const tracker = trackerOfApi[compiled.api];
  const { hooked, unhooked } = compiled;
  const kernel = kernelFileOf(compiled);
  if (!options.json && !options.quiet) printHooks(compiled, tracker);
  await runScenarios(
    selectScenarios(checksOfKernel(kernel, tracker), tracker, names),
    { ...options, tracker, lines: true },
    { kernel: { ...kernel, hooked, unhooked } },
  );
}

/** `dirty-ring@6.12/wrap` becomes `wrap`. */
const withoutTracker = (name: string): string => name.slice(name.indexOf('/') + 1);

/**
 * Scenarios of a tracker by their names, with or without the tracker's. Throws `BadInput` for an
 * unknown name.
 */
function selectScenarios(
  scenarios: readonly BuiltInScenario[],
  tracker: string,
  names: readonly string[],
): readonly BuiltInScenario[] {
  if (names.length === 0) return scenarios;
  const spellings = names.map((name) => (name.includes('/') ? [name] : [name, `${tracker}/${name}`]));
  const unknown = names.find((_, i) => !scenarios.some(({ spec }) => spellings[i].includes(spec.name)));
  if (unknown !== undefined)
    throw new BadInput(`unknown scenario ${unknown}: 'gfnring list --tracker ${tracker}' names them`);
  return scenarios.filter(({ spec }) => spellings.flat().includes(spec.name));
}

/**
 * `virt/kvm/dirty_ring.c: 25 loads, 13 stores hooked, as dirty-ring`, and a line for each access
 * that is not hooked.
 */
function printHooks({ file, hooked, unhooked }: CompiledKernel, tracker: string): void {
  const counts = Object.entries(hooked).map(([kind, n]) => plural(n, kind.replaceAll('_', ' ')));
  print(`${file}: ${counts.join(', ')} hooked, as ${tracker}`);
  for (const access of unhooked) print(`  not hooked, so not checked: ${access}`);
  print();
}
