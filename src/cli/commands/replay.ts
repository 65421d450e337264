import { Argument, type Command, Option } from 'commander';
import { linesOf, traceOf } from '../../explore/execution/trace.ts';
import { parseSchedule } from '../../explore/schedule.ts';
import { BadInput } from '../../input/badInput.ts';
import { SCHEMA } from '../../input/schema.ts';
import { runDueCallbacks } from '../../process/supervision.ts';
import { formatTrace } from '../../report/text/formatTrace.ts';
import { type CheckedExecution, createRun, isSequentiallyConsistent, type MemoryConfig } from '../../run/createRun.ts';
import { replay } from '../../run/replay.ts';
import { resolveScenarioName } from '../../run/resolveScenarioName.ts';
import { openScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';
import { defineCommand } from '../defineCommand.ts';
import { UsageError } from '../errors.ts';
import {
  givenMachineOptions,
  jsonOption,
  linesOption,
  memoryModelOption,
  quietOption,
  tearingOption,
  trustOption,
} from '../options.ts';
import { print, printJson } from '../output.ts';
import { loadScheduledFinding } from '../printFinding.ts';
import type { WorkerReplay } from '../replayOnWorkers.ts';
import { STATUS } from '../status.ts';

interface Options extends MemoryConfig {
  readonly on: 'explorer' | 'workers';
  readonly actor?: string;
  readonly inspectBrk?: boolean;
  readonly lines?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const replayCommand = (): Command =>
  defineCommand({
    name: 'replay',
    description: 'run the schedule of a finding again',
    args: [
      new Argument('<finding>', 'the path of a finding, or scenario:schedule, as in ring:0x5,1,0 and ./sb.mjs:0,1x2'),
    ],
    options: [
      new Option('--on <backend>', 'where to run it').choices(['explorer', 'workers']).default('explorer'),
      memoryModelOption(),
      tearingOption(),
      new Option('--actor <name>', 'run only this actor, over the values that it read'),
      new Option('--inspect-brk', 'with --actor: wait for a debugger first'),
      linesOption(),
      jsonOption(),
      trustOption(),
      quietOption(),
    ],
    note: 'Exit status: 1 if a property is violated, 3 if worker threads give another result.',
    examples: {
      'replay .gfnring/findings/ring-0123456789.json': 'a finding, step by step',
      'replay .gfnring/findings/ring-0123456789.json --on workers': 'on real threads',
      'replay .gfnring/findings/ring-0123456789.json --actor kernel0 --inspect-brk': 'one actor, in a debugger',
      'replay ring:0x3,1,0': 'a schedule: three steps of actor 0, one of actor 1, one of actor 0',
    },
    action: replaySchedule,
  });

/** What to run, and how. */
interface ReplayRequest {
  readonly source: ScenarioRef;
  readonly order: readonly number[];
  readonly cycle?: number | undefined;
  /** The property that the finding names; null: a schedule was typed. */
  readonly expected: string | null;
  readonly machine: MemoryConfig;
}

async function replaySchedule(what: string, options: Options, command: Command): Promise<void> {
  const request = await parseRequest(what, options, command);
  const { source, order, cycle, machine } = request;
  const run = createRun(await openScenario(source), order.length + 1, machine);
  const violation = replay(run, order, what, cycle);
  const result = { property: violation?.property ?? null, message: violation?.message ?? null };
  if (options.actor !== undefined) {
    const { replayActor } = await import('../replayActor.ts');
    return replayActor(run, traceOf(run.execution), options.actor, options.inspectBrk === true);
  }
  const workers =
    options.on === 'workers'
      ? await (await import('../replayOnWorkers.ts')).replayOnWorkers(source, order, run, result.property)
      : undefined;
  await runDueCallbacks();
  if (options.json)
    printJson({
      schema: SCHEMA,
      ...machine,
      ...result,
      expected: request.expected,
      on: options.on,
      steps: run.execution.steps,
      sameOnWorkers: workers?.same ?? null,
    });
  else printReplay(run, result, workers, request, options);
  if (workers && !workers.same) process.exitCode = STATUS.harness;
  else process.exitCode = result.property === null ? STATUS.nothingFound : STATUS.findings;
}

function printReplay(
  { execution }: CheckedExecution,
  { property, message }: { readonly property: string | null; readonly message: string | null },
  workers: WorkerReplay | undefined,
  { expected }: ReplayRequest,
  { lines, quiet }: Options,
): void {
  const sources = lines ? linesOf(execution) : [];
  if (!quiet) for (const line of formatTrace(traceOf(execution), execution.program, sources)) print(line);
  print(property === null ? '✓ no property is violated' : `✗ ${property}: ${message}`);
  if (workers) print(`  ${workers.text}`);
  if (expected !== null && expected !== property) print(`  the finding names ${expected}: the code has changed since`);
}

async function parseRequest(what: string, options: Options, command: Command): Promise<ReplayRequest> {
  if (options.inspectBrk && options.actor === undefined)
    throw new UsageError('--inspect-brk needs --actor: it stops before that actor runs');
  const [, name, schedule] = /^(.+):([0-9x.,]*)$/.exec(what) ?? [];
  const request =
    name === undefined ? requestOfFinding(what, command) : await requestOfSchedule(name, schedule, options);
  if (options.on === 'workers' && !isSequentiallyConsistent(request.machine))
    throw new UsageError(
      '--on workers: real threads are sequentially consistent and do not tear; only the explorer can run this finding',
    );
  return request;
}

function requestOfFinding(file: string, command: Command): ReplayRequest {
  const finding = loadScheduledFinding(file);
  const [given] = givenMachineOptions(command);
  if (given !== undefined)
    throw new UsageError(`--${given} is only for scenario:schedule: a finding has its own machine`);
  const { memoryModel, tearing, inFull } = finding;
  return {
    source: finding.scenario,
    order: finding.order,
    cycle: finding.cycle,
    expected: finding.property,
    machine: { memoryModel, tearing, ...(inFull && { inFull }) },
  };
}

async function requestOfSchedule(
  name: string,
  schedule: string,
  { memoryModel, tearing }: Options,
): Promise<ReplayRequest> {
  const order = parseSchedule(schedule);
  if (order === undefined) throw new BadInput(`${schedule} is not a schedule: runs like 0x5,1,0 are expected`);
  return { source: await resolveScenarioName(name), order, expected: null, machine: { memoryModel, tearing } };
}
