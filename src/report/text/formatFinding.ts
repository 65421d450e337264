import type { Scenario } from '../../check/scenario.ts';
import { linesOf, traceOf } from '../../explore/execution/trace.ts';
import { parseSchedule } from '../../explore/schedule.ts';
import { StrictReplayScheduler } from '../../explore/schedulers/replay.ts';
import { oneLine } from '../../input/oneLine.ts';
import { loadFromCache } from '../../kernel/compile/cache.ts';
import type { CompiledUnit } from '../../kernel/compiled.ts';
import { createRun, runGuarded } from '../../run/createRun.ts';
import type { WrittenFinding } from '../../run/exploreReport.ts';
import { countOperations } from '../../scenario/omittedOperations.ts';
import { areVms, isVm } from '../../scenario/scenarioRef.ts';
import { plural } from '../format.ts';
import { reproduceCommands } from '../reproduceCommands.ts';
import { formatTrace } from './formatTrace.ts';

/** An operation that does not return is interrupted after so many seconds. */
const STUCK_SECONDS = 0.2;

/**
 * A finding as text: the property, the trace in columns, the message, and the commands that
 * reproduce it.
 *
 * @param scenario the scenario of the finding's source.
 * @param withSources whether each access is printed with its source line.
 */
export function formatFinding(finding: WrittenFinding, scenario: Scenario, withSources = false): string[] {
  const schedule = parseSchedule(finding.schedule) ?? [];
  const { operations, actors } = countOperations(scenario);
  const about = [
    `${plural(operations, 'operation')} by ${plural(actors, 'actor')}`,
    `memory model ${finding.memoryModel}${finding.tearing ? ' with tearing' : ''}`,
    plural(finding.contextSwitches, 'context switch', 'context switches'),
  ];
  const lines = [`✗ ${finding.property}`, `  ${scenario.name}: ${about.join(', ')}`, ''];
  if (schedule.length > 0) {
    const run = createRun(scenario, schedule.length + 1, finding);
    runGuarded(run, new StrictReplayScheduler(schedule), finding.category === 'stuck' ? STUCK_SECONDS : undefined);
    const { execution } = run;
    const sources = withSources ? linesOf(execution) : [];
    lines.push(...formatTrace(traceOf(execution), execution.program, sources));
    lines.push(...standInNote(finding.scenario, sources));
  }
  const commands = reproduceCommands(finding, scenario, schedule);
  return [
    ...lines,
    `  ${finding.message}`,
    '',
    ...commands.map(({ what, line }) => `  ${what.padEnd(12)} ${line}`),
    '',
  ].map(oneLine);
}

/**
 * A note for a compiled C file. The trace also contains lines of files that are not the kernel's,
 * but stand in for the rest of it.
 */
function standInNote(source: WrittenFinding['scenario'], lines: readonly (string | undefined)[]): string[] {
  const vms = areVms(source) ? source.vms : [source];
  const compiled = vms.flatMap((vm) => (isVm(vm) && vm.kernel ? [vm.kernel] : []));
  const kernelFiles = compiled.flatMap(({ file, key }) => [
    file,
    ...(loadFromCache(key)?.taken ?? []).map((part) => part.file),
  ]);
  if (kernelFiles.length === 0) return [];
  const files = lines.flatMap((line) => /(\S+):\d+:\d+$/.exec(line ?? '')?.[1] ?? []);
  // A consumer is the user's own.
  const consumers = vms.flatMap((vm) => {
    const own = isVm(vm) && vm.consumer ? loadFromCache<CompiledUnit>(vm.consumer.key) : undefined;
    return own === undefined ? [] : own.sites.flatMap((site) => /(\S+):\d+:\d+$/.exec(site)?.[1] ?? []);
  });
  const known = new Set([...kernelFiles, ...consumers]);
  const standIns = [...new Set(files)].filter((file) => !known.has(file)).sort();
  if (standIns.length === 0) return [];
  return ['', `  not ${kernelFiles[0]}, but in the place of the rest of the kernel: ${standIns.join(', ')}`, ''];
}
