import type { Scenario } from '../check/scenario.ts';
import { STUCK } from '../explore/execution/violation.ts';
import { formatSchedule, parseSchedule, threadOf } from '../explore/schedule.ts';
import { StrictReplayScheduler } from '../explore/schedulers/replay.ts';
import { createRun, runGuarded } from '../run/createRun.ts';
import type { WrittenFinding } from '../run/exploreScenario.ts';
import { loadFinding } from '../run/resolveScenarioName.ts';
import { sizeOf } from '../scenario/omittedOperations.ts';
import { areVms, isVm, openScenario } from '../scenario/scenarioRef.ts';
import { UsageError } from './errors.ts';
import { plural, print } from './output.ts';
import { formatTrace } from './trace.ts';

/** A finding as people read it: the property, what was seen, the trace in columns, and the lines that bring it back. */
export async function printFinding(finding: WrittenFinding, lines = false): Promise<void> {
  for (const line of formatFinding(finding, await openScenario(finding.scenario), lines)) print(line);
}

/**
 * @param scenario that of the finding's source.
 * @param sources whether each access has the line of the code that it came from.
 */
export function formatFinding(finding: WrittenFinding, scenario: Scenario, sources = false): string[] {
  const schedule = parseSchedule(finding.schedule) ?? [];
  const { operations, actors } = sizeOf(scenario);
  const lines = [
    `✗ ${finding.property}`,
    `  ${scenario.name}: ${plural(operations, 'operation')} by ${plural(actors, 'actor')}, memory model ${finding.memoryModel}${finding.tearing ? ' with tearing' : ''}, ${plural(finding.contextSwitches, 'context switch', 'context switches')}`,
    '',
  ];
  if (schedule.length > 0) {
    const run = createRun(scenario, schedule.length + 1, finding);
    runGuarded(run, new StrictReplayScheduler(schedule), finding.property === STUCK ? 0.2 : undefined);
    const { execution } = run;
    const from = sources ? execution.lines() : [];
    lines.push(...formatTrace(execution.trace(), execution.program, from), ...ownOf(finding.scenario, from));
  }
  return [...lines, `  ${finding.message}`, '', ...reproduce(finding, scenario, schedule), ''];
}

/** Where a C file stands in for the ring: which files of a trace are not the kernel's, but stand in for the rest of it. */
function ownOf(source: WrittenFinding['scenario'], from: readonly (string | undefined)[]): string[] {
  const files = (areVms(source) ? source.vms : [source]).flatMap((vm) =>
    isVm(vm) && vm.kernel ? [vm.kernel.file] : [],
  );
  const names = from.flatMap((line) => /(\S+):\d+:\d+$/.exec(line ?? '')?.[1] ?? []);
  const own = [...new Set(names)].filter((name) => !files.includes(name)).sort();
  return files.length === 0 || own.length === 0
    ? []
    : ['', `  not ${files[0]}, but in the place of the rest of the kernel: ${own.join(', ')}`, ''];
}

/** The finding in a file, which has a schedule. Throws `UsageError` where it has none: it says that no execution got somewhere. */
export function loadScheduled(file: string): ReturnType<typeof loadFinding> {
  const finding = loadFinding(file);
  if (finding.order.length > 0) return finding;
  throw new UsageError(`${file} has no schedule to run: 'gfnring explore ${file}' looks again`);
}

export function reproduce(
  { file, scenario: source, memoryModel, tearing, cycle }: WrittenFinding,
  { program }: Scenario,
  schedule: number[],
): string[] {
  const machine = [
    ...(memoryModel === 'sc' ? [] : [`memoryModel: '${memoryModel}'`]),
    ...(tearing ? ['tearing: true'] : []),
  ];
  if (schedule.length === 0 && file === null)
    return [`  look again   await explore(scenario${machine.length > 0 ? `, { ${machine.join(', ')} }` : ''})`];
  if (schedule.length === 0) return [`  look again   npx gfnring explore ${file} --scheduler exhaustive`];
  if (file === null) {
    const skipped = 'skipped' in source ? [`skipped: ${JSON.stringify(source.skipped)}`] : [];
    const repeats = cycle === undefined ? [] : [`cycle: ${cycle}`];
    const options = [`replay: '${formatSchedule(schedule)}'`, ...repeats, ...machine, ...skipped];
    return [`  reproduce    await explore(scenario, { ${options.join(', ')} })`];
  }
  const last = program.actors[threadOf(schedule[schedule.length - 1]) % program.actors.length].name;
  return [
    `  reproduce    npx gfnring replay ${file}`,
    // Real threads are sequentially consistent and do not tear: they cannot show any other.
    ...(memoryModel === 'sc' && !tearing ? [`  on threads   npx gfnring replay ${file} --on workers`] : []),
    `  as one actor npx gfnring replay ${file} --actor ${/^[\w-]+$/.test(last) ? last : `'${last}'`} --inspect-brk`,
  ];
}
