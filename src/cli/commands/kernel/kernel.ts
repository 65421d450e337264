import { Argument, type Command, Option } from 'commander';
import { BadInput } from '../../../input/badInput.ts';
import { compile } from '../../../kernel/compile/compile.ts';
import type { ChangedFiles } from '../../../kernel/compile/kernelTree.ts';
import type { CompiledKernel } from '../../../kernel/compiled.ts';
import type { CompiledConsumer } from '../../../kernel/consumer/compiledConsumer.ts';
import { reachedPoints } from '../../../kernel/run/reachedPoints.ts';
import { unreachedOf } from '../../../kernel/run/unreached.ts';
import { checksOfKernel, kernelFileOf, outsideEventsOf, trackerOfApi } from '../../../scenario/compiledKernel.ts';
import { withConsumer } from '../../../scenario/consumerScenarios.ts';
import { knownDefects } from '../../../scenario/knownDefects.ts';
import { trackerNames, trackers } from '../../../trackers/registry.ts';
import type { BuiltInScenario } from '../../../vm/builtInScenario.ts';
import type { CheckOptions } from '../../checkScenario.ts';
import { checkedScenarioNames, setCompletionValues } from '../../completionValues.ts';
import { defineCommand } from '../../defineCommand.ts';
import { UsageError } from '../../errors.ts';
import { checkOptions, fileOption } from '../../options.ts';
import { print, progress } from '../../output.ts';
import { runScenarios } from '../../runScenarios.ts';
import { compareTrees, type TreeToCheck } from './compareTrees.ts';
import { confirmCommand } from './confirm.ts';
import { conformanceCommand } from './conformance.ts';
import {
  type ConsumerOptions,
  compileConsumerOf,
  consumerDocument,
  consumerOptions,
  hookedText,
  ownRingFor,
  printConsumer,
} from './consumerOption.ts';
import { printCoverage } from './coverageOption.ts';
import { filesOfPatch, type PatchVerdict, readPatch, verdictOfPatch } from './patchOption.ts';

interface Options extends Omit<CheckOptions, 'tracker'>, ConsumerOptions {
  readonly kdir?: string;
  readonly file: string;
  readonly config: readonly string[];
  readonly include: readonly string[];
  readonly shim: readonly string[];
  readonly as?: string;
  readonly before?: string;
  readonly patch?: string;
  readonly coverage?: boolean;
  readonly markdown?: boolean;
  readonly ignore: readonly string[];
}

/** An option that can be repeated. */
const repeated = (flags: string, description: string): Option =>
  new Option(flags, `${description}; can be repeated`)
    .default([])
    .argParser((value: string, previous: readonly string[]) => [...previous, value]);

const defined = (name: string, pattern: RegExp, form: string) => (value: string, previous: readonly string[]) => {
  if (!pattern.test(value)) throw new UsageError(`--${name} is '${value}': must be ${form}`);
  return [...previous, value];
};

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
      repeated('-D, --define <name>', 'define a macro for the C file, as NAME or NAME=VALUE').argParser(
        defined('define', /^[A-Za-z_]\w*(?:\([\w, ]*\))?(?:=.*)?$/, 'NAME or NAME=VALUE'),
      ),
      repeated('--config <name>', 'set an option of the kernel').argParser(
        defined('config', /^CONFIG_\w+$/, 'CONFIG_NAME'),
      ),
      repeated('--include <file>', 'include a header before the C file'),
      repeated('--shim <dir>', 'a folder with headers that replace those of gfnring'),
      repeated('--allow-unhooked <name>', 'accept that an access is not hooked, by a part of its description'),
      new Option('--accept-known', 'status 0 if all findings are known defects of that version'),
      setCompletionValues(
        new Option(
          '--as <tracker>',
          'the scenarios, and what is expected of the file; `none`: only that nothing is lost',
        ),
        () => ({
          words: [...trackerNames.filter((name) => trackers[name].options.includes('kernel')), 'none'],
          paths: false,
        }),
      ),
      setCompletionValues(
        new Option('--ignore <numbers>', 'known defects that are not looked for: B20,B21')
          .default([])
          .argParser((numbers: string) => numbers.split(',').map((number) => number.trim())),
        () => ({ words: Object.keys(knownDefects), paths: false }),
      ),
      new Option('--before <path>', 'a tree without the patch: both are explored, and a table says what changed'),
      new Option(
        '--patch <file>',
        'the same for the tree without and with a patch, which is applied in memory; - is stdin',
      ),
      new Option('--coverage', 'list lines and branches of the C code that no scenario reached'),
      new Option('--markdown', 'print the table in Markdown, without traces'),
      ...consumerOptions(),
      ...checkOptions(),
    ],
    commands: [conformanceCommand(), confirmCommand()],
    examples: {
      'kernel --kdir linux-6.12': 'all scenarios of that ring, with the C file in its place',
      'kernel --patch fix.patch --kdir linux-6.12': 'what a patch changes, as a mail or a diff has it',
      'kernel --kdir linux-6.12 --consumer vmm.c --harvest reap': "a VMM's own function harvests, instead of ours",
      'kernel ring --kdir examples/kernel --file virt/kvm/gfnring.c': 'the ring of the mail, in C',
    },
    action: checkKernel,
  }).enablePositionalOptions(); // the options after `conformance` belong to that command

async function checkKernel(names: readonly string[], given: Options): Promise<void> {
  const { kdir, before, patch, markdown, json, quiet } = given;
  if (kdir === undefined) return checkOwnRing(names, given);
  if (before !== undefined && patch !== undefined)
    throw new UsageError('--before and --patch each say what is compared with the tree: give one');
  if (markdown && before === undefined && patch === undefined)
    throw new UsageError('--markdown prints a comparison: name a tree with --before, or a patch with --patch');
  refuseUnknownDefects(given.ignore);
  if (patch !== undefined) return checkPatch(names, given, kdir, patch);
  const first = before === undefined ? undefined : await compileTree(names, { ...given, kdir: before });
  const { compiled, consumer, scenarios, options } = await compileTree(names, { ...given, kdir });
  const covered = given.coverage ? compiled : undefined;
  if (first !== undefined) return compareTrees(first, { scenarios, options }, markdown === true, { covered });
  if (!json && !quiet) printHooks(compiled, options.tracker, consumer);
  const { hooked, unhooked, taken, ours } = compiled;
  await runScenarios(scenarios, options, () => ({
    kernel: { ...kernelFileOf(compiled), hooked, unhooked, taken, ours },
    ...consumerDocument(consumer),
    ...(covered && { coverage: unreachedOf(covered) }),
  }));
  if (covered && !json) printCoverage(covered);
}

/** Explores a consumer with our own ring. */
async function checkOwnRing(names: readonly string[], given: Options): Promise<void> {
  const { before, patch, markdown, coverage, as, json, quiet, ignore } = given;
  refuseUnknownDefects(ignore);
  const consumer = await compileConsumerOf(given);
  if (consumer === undefined || before !== undefined || patch !== undefined || markdown || coverage)
    throw new UsageError('name a kernel tree: --kdir PATH');
  const { tracker, scenarios } = ownRingFor(consumer, as);
  const selected = selectScenarios(withConsumer(scenarios, tracker, consumer), tracker, names, consumer);
  if (!json && !quiet) {
    printConsumer(consumer);
    print();
  }
  await runScenarios(selected, optionsFor(tracker, given), () => consumerDocument(consumer));
}

/** Compares a tree with the same one after a patch. */
async function checkPatch(names: readonly string[], given: Options, kdir: string, patch: string): Promise<void> {
  const tree = readPatch(kdir, patch);
  const before = await compileTree(names, { ...given, kdir, coverage: false });
  const after = await compileTree(names, { ...given, kdir, coverage: true }, tree.changed);
  const files = filesOfPatch(tree, before.compiled, after.compiled, patch);
  const verdict = (): PatchVerdict => verdictOfPatch(files, tree, after.compiled);
  await compareTrees(before, after, given.markdown === true, {
    patch: verdict,
    covered: given.coverage ? after.compiled : undefined,
  });
}

/** Compiles the file of a tree, and selects what is explored of it. */
async function compileTree(
  names: readonly string[],
  given: Options & { readonly kdir: string },
  changed?: ChangedFiles,
): Promise<TreeToCheck & { readonly compiled: CompiledKernel; readonly consumer: CompiledConsumer | undefined }> {
  const { kdir, file, allowUnhooked, define, config, include, shim, as, coverage } = given;
  const consumer = await compileConsumerOf(given);
  progress(`compiling ${file} …`);
  const compiled = await compile({
    kdir,
    file,
    allowed: allowUnhooked,
    defines: [...define, ...config.map((name) => `${name}=1`)],
    includes: include,
    shims: shim,
    coverage: coverage === true,
    ...(changed && { changed }),
  });
  progress('');
  // Before any thread is started that shares it.
  reachedPoints(compiled).fill(0);
  const tracker = as === undefined || as === 'none' ? trackerOfApi[compiled.api] : trackerFor(as, compiled);
  const all = checksOfKernel(kernelFileOf(compiled), tracker, outsideEventsOf(compiled));
  const explored = consumer === undefined ? all : withConsumer(all, tracker, consumer);
  return {
    compiled,
    consumer,
    scenarios: selectScenarios(explored, tracker, names, consumer),
    options: optionsFor(tracker, given),
  };
}

/** Without an expectation, the rules of a tracker are not checked at all. */
function optionsFor(tracker: string, { as, ...options }: Options): CheckOptions {
  const { conformance = [] } = trackers[tracker];
  return { ...options, tracker, lines: true, conformance, ...(as === 'none' && { unchecked: conformance }) };
}

/** The tracker of that name, if the file has its functions. Throws `BadInput` otherwise. */
function trackerFor(name: string, { api, file }: CompiledKernel): string {
  const own = trackerOfApi[api];
  const names = trackerNames.filter((other) => trackers[other].family === trackers[own].family);
  if (!names.includes(name))
    throw new BadInput(
      `--as ${name}: ${file} has the functions of ${own}. It can be taken for ${names.join(', ')}, none`,
    );
  return name;
}

function refuseUnknownDefects(numbers: readonly string[]): void {
  const unknown = numbers.find((number) => !Object.hasOwn(knownDefects, number));
  if (unknown !== undefined)
    throw new BadInput(
      `--ignore ${unknown}: no known defect has that number. Known are ${Object.keys(knownDefects).join(', ')}`,
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
  consumer: CompiledConsumer | undefined,
): readonly BuiltInScenario[] {
  if (names.length === 0) return scenarios;
  const spellings = names.map((name) => (name.includes('/') ? [name] : [name, `${tracker}/${name}`]));
  const unknown = names.find((_, i) => !scenarios.some(({ spec }) => spellings[i].includes(spec.name)));
  if (unknown !== undefined && consumer !== undefined) {
    const all = scenarios.map(({ spec }) => withoutTracker(spec.name));
    throw new BadInput(`unknown scenario ${unknown}: those in which ${consumer.file} harvests are ${all.join(', ')}`);
  }
  if (unknown !== undefined)
    throw new BadInput(`unknown scenario ${unknown}: 'gfnring list --tracker ${tracker}' names them`);
  return scenarios.filter(({ spec }) => spellings.flat().includes(spec.name));
}

/**
 * `virt/kvm/dirty_ring.c: 25 loads, 13 stores hooked, as dirty-ring`. Then what else is of the
 * tree, which functions around the file are ours, and each access that is not hooked.
 */
function printHooks(
  { file, hooked, unhooked, taken, ours }: CompiledKernel,
  tracker: string,
  consumer: CompiledConsumer | undefined,
): void {
  print(`${file}: ${hookedText(hooked)}, as ${tracker}`);
  if (taken.length > 0)
    print(`  of the tree: ${taken.map(({ name, file: of, line }) => `${name} ${of}:${line}`).join(', ')}`);
  if (ours.length > 0) print(`  gfnring's, as the tree has none: ${ours.join(', ')}`);
  for (const access of unhooked) print(`  not hooked, so not checked: ${access}`);
  if (consumer !== undefined) printConsumer(consumer);
  print();
}
