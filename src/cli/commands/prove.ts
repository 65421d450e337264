import { type Command, Option } from 'commander';
import { formatSchedule } from '../../explore/schedule.ts';
import { SCHEMA } from '../../input/schema.ts';
import { compile } from '../../kernel/compile/compile.ts';
import type { Fairness } from '../../prove/endlessProgram.ts';
import type { EndlessSpec } from '../../prove/endlessVm.ts';
import type { EndlessFinding } from '../../prove/programProof.ts';
import { type ProofReport, prove } from '../../prove/prove.ts';
import { grouped, plural } from '../../report/format.ts';
import { formatTrace } from '../../report/text/formatTrace.ts';
import { kernelFileOf, trackerOfApi } from '../../scenario/compiledKernel.ts';
import { trackers } from '../../trackers/registry.ts';
import { defineCommand } from '../defineCommand.ts';
import { UsageError } from '../errors.ts';
import {
  fileOption,
  jsonOption,
  memoryOption,
  secondsArgument,
  trackerOption,
  wholeNumberArgument,
} from '../options.ts';
import { print, printJson, progress } from '../output.ts';
import { STATUS } from '../status.ts';

interface Options extends Omit<EndlessSpec, 'markedPage' | 'kernel' | 'signal'> {
  readonly tracker: string;
  readonly kdir?: string;
  readonly file: string;
  readonly signal?: boolean;
  readonly fairness: Fairness;
  readonly seconds: number;
  readonly memory: number;
  readonly json?: boolean;
}

export const proveCommand = (): Command =>
  defineCommand({
    name: 'prove',
    description: 'prove a tracker for executions of any length, on a machine whose actors never end',
    options: [
      trackerOption(),
      new Option('--kdir <path>', 'a kernel tree, whose C file runs in place of our ring'),
      fileOption(),
      new Option('--vcpus <n>', 'vCPUs, which write to any page')
        .default(1)
        .argParser(wholeNumberArgument('vcpus', 1, 4)),
      new Option('--pages <n>', 'guest pages').default(2).argParser(wholeNumberArgument('pages', 1, 8)),
      new Option('--size <n>', 'entries of each ring').default(2).argParser(wholeNumberArgument('size', 2, 64)),
      new Option('--leeway <n>', 'entries that a vCPU may use before it stops')
        .default(undefined, '0; 1 for the merged ring')
        .argParser(wholeNumberArgument('leeway', 0, 63)),
      new Option('--resetters <n>', 'kernel threads that reset, beside userspace')
        .default(0)
        .argParser(wholeNumberArgument('resetters', 0, 4)),
      new Option('--hostile <what>', 'what hostile userspace stores to, at any time')
        .choices(['nothing', 'indices', 'everything'])
        .default('nothing'),
      new Option('--signal', 'userspace gets a signal once, at any time'),
      new Option('--fairness <kind>', 'strong: each waiter for a lock gets it; weak: it need not')
        .choices(['strong', 'weak'])
        .default('strong'),
      new Option('--ignore <name>', 'a property that is not checked; can be given several times')
        .default([])
        .argParser((name: string, names: readonly string[]) => [...names, name]),
      new Option('--seconds <n>', 'time limit').default(600).argParser(secondsArgument('seconds')),
      memoryOption(),
      jsonOption(),
    ],
    note: 'Exit status: 1 if a property is violated, 4 if it is not known. See docs/proofs.md.',
    examples: {
      prove: "the mail's ring with one vCPU, two pages and two entries",
      'prove --resetters 1': 'the same, and a kernel thread that resets too',
      'prove --tracker dirty-ring@6.17 --signal': 'the ring of Linux 6.17, and a signal to userspace',
      'prove --kdir examples/kernel --file virt/kvm/gfnring.c': "a kernel's C file",
    },
    action: proveMachine,
  });

async function proveMachine({ kdir, file, json, ...options }: Options): Promise<void> {
  let { tracker } = options;
  const compiled = kdir === undefined ? undefined : await compile({ kdir, file, allowed: [] });
  if (compiled !== undefined) tracker = trackerOfApi[compiled.api];
  const { size, seconds, memory, fairness } = options;
  const descriptor = trackers[tracker];
  const leeway = options.leeway ?? (descriptor.whenFull === 'overwrite' ? 1 : 0);
  if ((size & (size - 1)) !== 0) throw new UsageError(`--size is ${size}: must be a power of two`);
  if (leeway >= size) throw new UsageError(`--leeway is ${leeway}: must be below --size, which is ${size}`);
  const spec = {
    ...options,
    leeway,
    signal: options.signal === true,
    ...(compiled && { kernel: kernelFileOf(compiled) }),
  };
  progress(`${tracker}: visiting states …`);
  const report = prove(descriptor, spec, fairness, { seconds, bytes: memory * 2 ** 20 });
  progress('');
  const { vcpus, pages, resetters, hostile, signal, ignore = [] } = spec;
  const machine = { vcpus, pages, size, leeway, resetters, hostile, signal, ignore };
  if (json) printJson({ schema: SCHEMA, tracker, ...(kdir && { file }), machine, fairness, ...asJson(report) });
  else printReport(kdir === undefined ? tracker : file, machine, report);
  process.exitCode =
    report.outcome === 'proved'
      ? STATUS.nothingFound
      : report.outcome === 'violated'
        ? STATUS.findings
        : STATUS.undecided;
}

function asJson({ finding, ...report }: ProofReport): object {
  if (finding === undefined) return report;
  const { property, message, schedule, cycle } = finding;
  return { ...report, finding: { property, message, schedule: formatSchedule(schedule), cycle } };
}

type Machine = Omit<EndlessSpec, 'markedPage' | 'kernel'>;

function printReport(name: string, machine: Machine, report: ProofReport): void {
  const { outcome, why, states, seconds, properties, assumptions, finding } = report;
  const verdict = {
    proved: 'proved for executions of any length',
    violated: `VIOLATED: ${finding?.property}`,
    limit: `not decided: ${why} is used up`,
    unknown: `not decided: ${why}`,
  };
  const mark = { proved: '✓', violated: '✗', limit: '?', unknown: '?' };
  print(`${mark[outcome]} ${name}, ${formatMachine(machine)}`);
  print(`  ${plural(states, 'state')}, ${seconds.toFixed(1)} s: ${verdict[outcome]}`);
  if (finding !== undefined) printTrace(finding);
  for (const property of properties) print(`  ✓ ${property}`);
  for (const property of machine.ignore ?? []) print(`  - not checked: ${property}`);
  if (outcome === 'proved') for (const assumption of assumptions) print(`  assumed: ${assumption}`);
}

function formatMachine({ vcpus, pages, size, leeway, resetters, hostile, signal }: Machine): string {
  return [
    plural(vcpus, 'vCPU'),
    plural(pages, 'page'),
    `rings of ${size} with a leeway of ${leeway}`,
    ...(resetters > 0 ? [plural(resetters, 'kernel thread')] : []),
    ...(signal ? ['a signal'] : []),
    ...(hostile === 'nothing' ? [] : [`hostile userspace: ${hostile}`]),
  ].join(', ');
}

function printTrace({ message, cycle, trace, program, lines }: EndlessFinding): void {
  print(`  ${message}`);
  print('');
  for (const line of formatTrace(trace, program, lines)) print(line);
  if (cycle > 0) print(`  the last ${grouped(cycle)} steps repeat forever`);
}
