import type { ExploreReport } from '../scenario/explore.ts';
import { grouped, plural } from './output.ts';

/** One scenario's result in one line: what was proved, and what was only searched. */
export function reportLine(report: ExploreReport, width = 15): string {
  const { executions, classes, steps, states, blocked } = report;
  const least = report.classesCut ? 'at least ' : '';
  const counted =
    classes === null ? `${grouped(steps)} steps` : `${least}${plural(classes, 'class').replace('classs', 'classes')}`;
  const what = states > 0 ? plural(states, 'state') : `${plural(executions, 'execution')}, ${counted}`;
  const verdict =
    report.findings.length > 0
      ? `${report.outcome.toUpperCase()}: ${report.findings[0].property}`
      : report.exhausted
        ? `proved${report.preemptions === null ? '' : ` for ${plural(report.preemptions, 'preemption')}`}${blocked > 0 ? ` (${grouped(blocked)} blocked)` : ''}`
        : `searched${report.states > 0 ? ' in part' : ''}, nothing found${blocked > 0 ? ` (${grouped(blocked)} blocked)` : ''}${report.cut > 0 ? ` (${grouped(report.cut)} cut short)` : ''}`;
  return `${report.findings.length > 0 ? '✗' : '✓'} ${report.scenario.padEnd(width)} ${what.padEnd(38)} ${`${report.seconds.toFixed(1)} s`.padStart(7)}  ${verdict}`;
}
