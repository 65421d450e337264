import { parseSchedule } from '../explore/schedule.ts';
import { Exact } from '../explore/schedulers/guided.ts';
import { buildVm } from '../scenario/build.ts';
import type { Finding } from '../scenario/finding.ts';
import { runOf, runOnce } from '../scenario/run.ts';
import { plural, print } from './output.ts';
import { formatTrace } from './trace.ts';

/** A finding as people read it: the property, what was seen, the trace in columns, and the lines that bring it back. */
export function printFinding(finding: Finding & { readonly file: string }): void {
  const { scenario } = finding;
  const schedule = parseSchedule(finding.schedule) ?? [];
  const operations = scenario.actors.reduce((sum, actor) => sum + actor.operations.length, 0);
  print(`✗ ${finding.property}`);
  print(
    `  ${scenario.name}: ${plural(operations, 'operation')} by ${plural(scenario.actors.length, 'actor')}, memory model ${finding.memoryModel}, ${plural(finding.contextSwitches, 'context switch').replace('switchs', 'switches')}`,
  );
  print();
  if (schedule.length > 0) {
    const run = runOf(buildVm(scenario), schedule.length + 1);
    runOnce(run, new Exact(schedule));
    for (const line of formatTrace(run.execution.trace(), run.execution.program)) print(line);
  }
  print(`  ${finding.message}`);
  print();
  if (schedule.length === 0) {
    print(`  look again   npx gfnring explore ${scenario.name}`);
    print();
    return;
  }
  const last = scenario.actors[schedule[schedule.length - 1]].name;
  print(`  reproduce    npx gfnring replay ${finding.file}`);
  print(`  on threads   npx gfnring replay ${finding.file} --on workers`);
  print(`  as one actor npx gfnring replay ${finding.file} --actor ${last} --inspect-brk`);
  print();
}
