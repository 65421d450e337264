import inspector from 'node:inspector';
import { Command, Option } from 'commander';
import { parseSchedule } from '../../explore/schedule.ts';
import { BadInput } from '../../input/badInput.ts';
import { SCHEMA } from '../../input/schema.ts';
import { ASSUMED } from '../../memory/assume.ts';
import { END_OF_RECORDING, RecordedMemory } from '../../memory/recordedMemory.ts';
import { sameStep, type Trace } from '../../memory/trace.ts';
import { plural } from '../../report/format.ts';
import { formatTrace } from '../../report/text/formatTrace.ts';
import { type CheckedExecution, createRun, type MemoryConfig } from '../../run/createRun.ts';
import { LockstepPool } from '../../run/lockstep/lockstepPool.ts';
import { replay } from '../../run/replay.ts';
import { resolveScenarioName } from '../../run/resolveScenarioName.ts';
import { openScenario, type ScenarioRef } from '../../scenario/scenarioRef.ts';
import { STATUS, UsageError } from '../errors.ts';
import { examples } from '../examples.ts';
import {
  explicitMemoryOptions,
  jsonOption,
  linesOption,
  memoryModelOption,
  quietOption,
  tearingOption,
} from '../options.ts';
import { print, printJson } from '../output.ts';
import { loadScheduledFinding } from '../printFinding.ts';

interface Options extends MemoryConfig {
  readonly on: 'explorer' | 'workers';
  readonly actor?: string;
  readonly inspectBrk?: boolean;
  readonly lines?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const replayCommand = (): Command =>
  new Command('replay')
    .description('run the schedule of a finding again')
    .argument('<finding>', 'the path of a finding, or scenario:schedule, as in ring:0x5,1,0 and ./sb.mjs:0,1x2')
    .addOption(new Option('--on <backend>', 'where').choices(['explorer', 'workers']).default('explorer'))
    .addOption(memoryModelOption())
    .addOption(tearingOption())
    .addOption(new Option('--actor <name>', 'run this actor alone, over the values it saw'))
    .addOption(new Option('--inspect-brk', 'with --actor: wait for a debugger first'))
    .addOption(linesOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      'after',
      '\nExit status: 1 where a property is violated, 3 where worker threads come to something else.',
    )
    .addHelpText(
      'after',
      examples({
        'replay .gfnring/findings/ring-0123456789.json': 'a finding, step by step',
        'replay .gfnring/findings/ring-0123456789.json --on workers': 'on real threads',
        'replay .gfnring/findings/ring-0123456789.json --actor kernel0 --inspect-brk': 'one actor, in a debugger',
        'replay ring:0x3,1,0': 'a schedule: three steps of actor 0, one of actor 1, one of actor 0',
      }),
    )
    .action(async (what: string, options: Options, command: Command) => {
      if (options.inspectBrk && options.actor === undefined)
        throw new UsageError('--inspect-brk goes with --actor: it stops before that actor runs');
      const { source, order, cycle, expected, machine } = await toReplay(what, options, command);
      if (options.on === 'workers' && (machine.memoryModel !== 'sc' || machine.tearing))
        throw new UsageError(
          `--on workers: real threads are sequentially consistent and do not tear; this finding is for the explorer`,
        );
      const run = createRun(await openScenario(source), order.length + 1, machine);
      const violation = replay(run, order, what, cycle);
      const replayed = { property: violation?.property ?? null, message: violation?.message ?? null };
      const trace = run.execution.trace();
      if (options.actor !== undefined) return asOneActor(run, trace, options.actor, options.inspectBrk === true);
      const workers = options.on === 'workers' ? await onWorkers(source, order, run, replayed.property) : undefined;
      if (options.json)
        printJson({
          schema: SCHEMA,
          ...machine,
          ...replayed,
          expected,
          on: options.on,
          steps: trace.length,
          sameOnWorkers: workers?.same ?? null,
        });
      else {
        const sources = options.lines ? run.execution.lines() : [];
        if (!options.quiet) for (const line of formatTrace(trace, run.execution.program, sources)) print(line);
        print(replayed.property === null ? '✓ no property is violated' : `✗ ${replayed.property}: ${replayed.message}`);
        if (workers) print(workers.line);
        if (expected !== null && expected !== replayed.property)
          print(`  the finding says ${expected}: the code has changed since`);
      }
      if (workers && !workers.same) process.exitCode = STATUS.harness;
      else process.exitCode = replayed.property === null ? STATUS.nothingFound : STATUS.findings;
    });

interface ToReplay {
  readonly source: ScenarioRef;
  readonly order: readonly number[];
  readonly cycle?: number | undefined;
  readonly expected: string | null;
  readonly machine: MemoryConfig;
}

async function toReplay(what: string, options: Options, command: Command): Promise<ToReplay> {
  const compact = /^(.+):([0-9x.,]*)$/.exec(what);
  if (compact === null) {
    const finding = loadScheduledFinding(what);
    const { memoryModel, tearing, inFull } = finding;
    const [asked] = explicitMemoryOptions(command);
    if (asked !== undefined) throw new UsageError(`--${asked} goes with scenario:schedule: a finding says its own`);
    return {
      source: finding.scenario,
      order: finding.order,
      cycle: finding.cycle,
      expected: finding.property,
      machine: { memoryModel, tearing, ...(inFull && { inFull }) },
    };
  }
  const order = parseSchedule(compact[2]);
  if (order === undefined) throw new BadInput(`${compact[2]} is no schedule: runs like 0x5,1,0 are expected`);
  const machine = { memoryModel: options.memoryModel, tearing: options.tearing };
  return { source: await resolveScenarioName(compact[1]), order, expected: null, machine };
}

async function onWorkers(
  source: ScenarioRef,
  order: readonly number[],
  run: CheckedExecution,
  property: string | null,
): Promise<{ same: boolean; line: string }> {
  const trace = run.execution.trace();
  const threads = run.execution.program.actors.length;
  const pool = new LockstepPool(threads);
  try {
    const schedule = order.slice(0, trace.length);
    const { trace: theirs, memory, strayed, violation } = await pool.run(source, schedule);
    const differs = trace.findIndex((step, i) => theirs[i] === undefined || !sameStep(step, theirs[i]));
    const bytes = run.execution.bytes.u8;
    if (strayed !== undefined) return { same: false, line: `  on ${plural(threads, 'worker thread')}: ${strayed}` };
    if (differs >= 0) return { same: false, line: `  on worker threads step ${differs + 1} differs` };
    if (violation !== undefined && violation.property !== property)
      return { same: false, line: `  on worker threads ${violation.property}: ${violation.message}` };
    if (!memory.every((byte, i) => byte === bytes[i]))
      return { same: false, line: '  on worker threads the final memory differs' };
    return {
      same: true,
      line: `  the same on ${plural(threads, 'worker thread')}: ${plural(trace.length, 'step')}, and the same memory, byte for byte`,
    };
  } finally {
    await pool.close();
  }
}

/** Runs one actor in an ordinary pass over what it saw, for a debugger. */
function asOneActor({ execution: { program } }: CheckedExecution, trace: Trace, name: string, inspect: boolean): void {
  const thread = program.actors.findIndex((actor) => actor.name === name);
  if (thread < 0)
    throw new UsageError(`--actor ${name}: the scenario has ${program.actors.map((actor) => actor.name).join(', ')}`);
  if (inspect) {
    inspector.open();
    inspector.waitForDebugger();
  }
  const mem = new RecordedMemory(
    thread,
    trace.filter((step) => step.thread === thread && step.leaves === undefined),
    program.layout,
  );
  const { operations } = program.actors[thread];
  let before: unknown;
  try {
    for (let index = 0; index < operations.length; ) {
      // biome-ignore lint/suspicious/noDebugger: this is what --inspect-brk is for
      if (inspect) debugger;
      const result = operations[index].run(mem, before);
      before = result;
      print(
        `${operations[index].label}: ${JSON.stringify(result, (_, v) => (typeof v === 'bigint' ? `${v}` : v)) ?? 'returns nothing'}`,
      );
      if (operations[index].until?.(result) ?? true) index++;
    }
  } catch (error) {
    if (error === END_OF_RECORDING) print('here the finding ends');
    else if (error === ASSUMED) print('here it assumes what does not hold');
    else if (error instanceof Error && error.name === 'CheckFailed') print(`here ${error.message}`);
    else throw error;
  }
}
