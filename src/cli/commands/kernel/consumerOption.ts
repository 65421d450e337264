import { Option } from 'commander';
import { BadInput } from '../../../input/badInput.ts';
import { compileConsumer } from '../../../kernel/consumer/compileConsumer.ts';
import type { CompiledConsumer } from '../../../kernel/consumer/compiledConsumer.ts';
import { plural } from '../../../report/format.ts';
import { checkedScenarios } from '../../../scenario/builtinScenarios.ts';
import { trackerNames, trackers } from '../../../trackers/registry.ts';
import type { BuiltInScenario } from '../../../vm/builtInScenario.ts';
import { setCompletionValues } from '../../completionValues.ts';
import { UsageError } from '../../errors.ts';
import { print, progress } from '../../output.ts';

export interface ConsumerOptions {
  readonly consumer?: string;
  readonly harvest?: string;
  readonly adapter: readonly string[];
  readonly define: readonly string[];
  readonly allowUnhooked: readonly string[];
}

/** The options that name a consumer. */
export const consumerOptions = (): Option[] => [
  new Option(
    '--consumer <file>',
    "a VMM's C file, or LLVM IR (.ll), whose function harvests in place of ours; without --kdir our own ring",
  ),
  setCompletionValues(new Option('--harvest <function>', 'the function of the consumer that harvests a ring'), () => ({
    words: [],
    paths: false,
  })),
  new Option(
    '--adapter <file>',
    'compile a C file behind that of the consumer, or include a header before it; can be repeated',
  )
    .default([])
    .argParser((value: string, previous: readonly string[]) => [...previous, value]),
];

/** Compiles the consumer; undefined: none is named. */
export async function compileConsumerOf({
  consumer,
  harvest,
  adapter,
  define,
  allowUnhooked,
}: ConsumerOptions): Promise<CompiledConsumer | undefined> {
  if (consumer === undefined) {
    if (harvest !== undefined || adapter.length > 0)
      throw new UsageError(`--${harvest === undefined ? 'adapter' : 'harvest'} goes with --consumer FILE`);
    return undefined;
  }
  if (harvest === undefined)
    throw new UsageError('--consumer needs --harvest FUNCTION: the function that harvests a ring');
  progress(`compiling ${consumer} …`);
  const compiled = await compileConsumer({
    file: consumer,
    harvest,
    adapters: adapter,
    defines: define,
    allowed: allowUnhooked,
  });
  progress('');
  return compiled;
}

/**
 * The scenarios of our own ring for a consumer without a kernel tree: those of a version without
 * defects, or of the one that `--as` names.
 */
export function ownRingFor(
  { ring, file }: CompiledConsumer,
  as: string | undefined,
): { readonly tracker: string; readonly scenarios: readonly BuiltInScenario[] } {
  const tracker = as === undefined || as === 'none' ? (ring === 'gfn-ring' ? ring : `${ring}@repaired`) : as;
  const names = trackerNames.filter((name) => trackers[name].family === ring);
  if (!names.includes(tracker)) throw new BadInput(`--as ${tracker}: ${file} takes entries of ${names.join(', ')}`);
  return { tracker, scenarios: checkedScenarios(tracker) };
}

/** What `--json` says of a consumer. */
export const consumerDocument = (consumer: CompiledConsumer | undefined): Readonly<Record<string, unknown>> => {
  if (consumer === undefined) return {};
  const { file, key, harvest, ring, hooked, unhooked, taken } = consumer;
  return { consumer: { file, key, harvest, ring, hooked, unhooked, taken } };
};

/** `25 loads, 1 copy hooked`. */
export const hookedText = (hooked: CompiledConsumer['hooked']): string => {
  const counts = Object.entries(hooked).map(([kind, n]) =>
    kind === 'copy' ? plural(n, 'copy', 'copies') : plural(n, kind.replaceAll('_', ' ')),
  );
  return `${counts.join(', ')} hooked`;
};

/** `vmm.c: harvest, 4 loads, 2 stores hooked`, what was cut out of it, and what is not hooked. */
export function printConsumer({ file, harvest, hooked, unhooked, taken }: CompiledConsumer): void {
  print(`${file}: ${harvest}, ${hookedText(hooked)}`);
  if (taken.length > 0)
    print(`  cut out: ${taken.map(({ name, file: of, line }) => `${name} ${of}:${line}`).join(', ')}`);
  for (const access of unhooked) print(`  not hooked, so not checked: ${access}`);
}
