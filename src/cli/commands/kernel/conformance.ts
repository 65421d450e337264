import { Command, Option } from 'commander';
import type { Agreement, Count, Disagreement } from '../../../kernel/conformance/compare.ts';
import { agreements, type KernelFiles, observe, partiesOf } from '../../../kernel/conformance/conformance.ts';
import { drawLists } from '../../../kernel/conformance/lists.ts';
import { ToolMissing } from '../../../kernel/conformance/toolMissing.ts';
import { SCHEMA } from '../../../scenario/spec.ts';
import { STATUS } from '../../errors.ts';
import { jsonOption, quietOption, seedOption, whole } from '../../options.ts';
import { grouped, plural, print, printJson, progress } from '../../output.ts';

interface Options extends KernelFiles {
  readonly seed: number;
  readonly lists: number;
  readonly only?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** More would not fit into the machine's memory. */
const LISTS_MAX = 10_000;

export const conformanceCommand = (): Command =>
  new Command('conformance')
    .description('boot a kernel in QEMU and compare its dirty rings with the model and the ring as merged')
    .requiredOption('--vmlinuz <file>', 'the kernel, for x86-64')
    .requiredOption('--modules <folder>', 'its modules, kvm and kvm-amd among them')
    .addOption(seedOption())
    .addOption(new Option('--lists <n>', 'lists of operations').default(100).argParser(whole('lists', 1, LISTS_MAX)))
    .addOption(
      new Option('--only <i>', 'only the list of that number, from 0').argParser(whole('only', 0, LISTS_MAX - 1)),
    )
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      'after',
      '\nExample:\n  gfnring kernel conformance --vmlinuz boot/vmlinuz-6.1.0-56-cloud-amd64 --modules lib/modules (docs/kernel-conformance.md)',
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

async function conform({ vmlinuz, modules, seed, lists: count, only, json, quiet }: Options): Promise<number> {
  if (only !== undefined && only >= count) count = only + 1;
  const drawn = drawLists(await fastCheck(), seed, count);
  const first = only ?? 0;
  const lists = only === undefined ? drawn : [drawn[only]];
  progress(`${plural(lists.length, 'list')} in QEMU`);
  const kernel = await observe({ vmlinuz, modules }, lists, first);
  progress('');
  const found = agreements(lists, kernel, partiesOf(kernel.release), first);
  const agree = found.every(({ disagreements }) => disagreements.length === 0);

  const operations = lists.reduce((sum, list) => sum + list.length, 0);
  const { release, build } = kernel;
  if (json) {
    const outcome = agree ? 'agree' : 'disagree';
    printJson({
      schema: SCHEMA,
      outcome,
      kernel: { release, build },
      seed,
      first,
      lists: lists.length,
      operations,
      parties: found,
    });
  } else {
    if (!quiet)
      print(`${release} (${build}), seed ${seed}: ${plural(lists.length, 'list')}, ${plural(operations, 'operation')}`);
    for (const agreement of found) {
      if (!quiet || agreement.disagreements.length > 0) print(lineOf(agreement));
      for (const line of shown(agreement.disagreements)) print(line);
    }
    for (const list of new Set(found.flatMap(({ disagreements }) => disagreements.map(({ list }) => list))))
      print(
        `  reproduce    npx gfnring kernel conformance --vmlinuz ${vmlinuz} --modules ${modules} --seed ${seed} --only ${list}`,
      );
  }
  return agree ? STATUS.nothingFound : STATUS.findings;
}

async function fastCheck(): Promise<typeof import('fast-check').default> {
  try {
    return (await import('fast-check')).default;
  } catch {
    throw new ToolMissing('fast-check', 'it is not installed (npm install fast-check)');
  }
}

function lineOf({ party, returns, states, traceRecords, disagreements }: Agreement): string {
  const of = ({ equal, compared }: Count): string => `${grouped(equal)} of ${grouped(compared)}`;
  const mark = disagreements.length === 0 ? '✓' : '✗';
  return `${mark} ${party.padEnd(18)} equal: ${of(returns)} returns, ${of(states)} states, ${of(traceRecords)} trace records`;
}

/** The first of each list: those that come after it mostly come from it. */
function shown(disagreements: readonly Disagreement[]): string[] {
  return [...new Set(disagreements.map(({ list }) => list))].flatMap((number) => {
    const ofList = disagreements.filter(({ list }) => list === number);
    const [{ operation, line, about, kernel, party }] = ofList;
    return [
      `  list ${number}, operation ${operation}: ${line}: ${about}`,
      `    the kernel   ${short(kernel)}`,
      `    the party    ${short(party)}`,
      ...(ofList.length > 1 ? [`    and ${ofList.length - 1} more in this list`] : []),
    ];
  });
}

/** A state may differ in hundreds of entries. --json has all of them. */
const short = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
