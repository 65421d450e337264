import { parseSchedule } from '../explore/schedule.ts';
import { Exact } from '../explore/schedulers/guided.ts';
import type { Finding } from '../scenario/finding.ts';
import { runOf, runOnce } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { sizeOf } from '../scenario/skip.ts';
import { openSource } from '../scenario/source.ts';
import { plural, print } from './output.ts';
import { formatTrace } from './trace.ts';

/** A finding as people read it: the property, what was seen, the trace in columns, and the lines that bring it back. */
export async function printFinding(finding: Finding & { readonly file: string }): Promise<void> {
  for (const line of formatFinding(finding, await openSource(finding.scenario))) print(line);
}

/** @param scenario that of the finding's source. */
function formatFinding(finding: Finding & { readonly file: string }, scenario: Scenario): string[] {
  const schedule = parseSchedule(finding.schedule) ?? [];
  const { operations, actors } = sizeOf(scenario);
  const lines = [
    `✗ ${finding.property}`,
    `  ${scenario.name}: ${plural(operations, 'operation')} by ${plural(actors, 'actor')}, memory model ${finding.memoryModel}, ${plural(finding.contextSwitches, 'context switch').replace('switchs', 'switches')}`,
    '',
  ];
  if (schedule.length > 0) {
    const run = runOf(scenario, schedule.length + 1);
    runOnce(run, new Exact(schedule));
    lines.push(...formatTrace(run.execution.trace(), run.execution.program));
  }
  lines.push(`  ${finding.message}`, '');
  if (schedule.length === 0) return [...lines, `  look again   npx gfnring explore ${finding.file}`, ''];
  const last = scenario.program.actors[schedule[schedule.length - 1]].name;
  return [
    ...lines,
    `  reproduce    npx gfnring replay ${finding.file}`,
    `  on threads   npx gfnring replay ${finding.file} --on workers`,
    `  as one actor npx gfnring replay ${finding.file} --actor ${last} --inspect-brk`,
    '',
  ];
}
