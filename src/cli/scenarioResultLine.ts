import { grouped, plural } from '../report/format.ts';
import type { ExploreReport } from '../run/exploreReport.ts';
import { STATUS } from './status.ts';
import { statusOf } from './verdictStatus.ts';

/**
 * The result of a scenario in one line: proved, or only searched, and how much was explored.
 *
 * @param difference said in place of the verdict, where what was found is no defect.
 */
export function scenarioResultLine(report: ExploreReport, width = 15, difference?: string): string {
  const status = statusOf(report);
  const mark = difference ? '~' : status === STATUS.findings ? '✗' : status === STATUS.undecided ? '?' : '✓';
  const time = report.seconds === null ? '–' : `${report.seconds.toFixed(1)} s`;
  const columns = [report.scenario.padEnd(width), formatCounts(report).padEnd(38), time.padStart(7)];
  return `${mark} ${columns.join(' ')}  ${difference ?? formatVerdict(report)}`;
}

/** How much was explored. */
export function formatCounts({
  executions,
  classes,
  classesCut,
  steps,
  states,
}: Pick<ExploreReport, 'executions' | 'classes' | 'classesCut' | 'steps' | 'states'>): string {
  if (states > 0) return plural(states, 'state');
  const counted =
    classes === null
      ? `${grouped(steps)} steps`
      : `${classesCut ? 'at least ' : ''}${plural(classes, 'class', 'classes')}`;
  return `${plural(executions, 'execution')}, ${counted}`;
}

function formatVerdict(report: ExploreReport): string {
  const { findings, outcome, exhausted, preemptions, blocked, cut, scheduler, states, executions } = report;
  if (findings.length > 0) return `${outcome.toUpperCase()}: ${findings[0].property}`;
  const counts = [
    ...(blocked > 0 ? [` (${grouped(blocked)} blocked)`] : []),
    ...(cut > 0 ? [` (${grouped(cut)} cut short)`] : []),
  ].join('');
  const bound = preemptions === null ? '' : ` for ${plural(preemptions, 'preemption')}`;
  if (exhausted) return `proved${bound}${counts}`;
  if (scheduler === 'exhaustive') return `undecided: searched${states > 0 ? ' in part' : ''}, nothing found${counts}`;
  if (executions === 0) return `undecided: no execution came to its end${counts}`;
  return `${statusOf(report) === STATUS.undecided ? 'undecided: ' : ''}searched, nothing found${counts}`;
}

/**
 * Lines below the result: the assumptions of the verdict, why there is none, and how to get one.
 */
export function reportNotes(report: ExploreReport): string[] {
  const { assumptions, unreached, exhausted, limit, completeTo, loop, scheduler, findings, executions } = report;
  if (findings.length > 0) return assumptions.map(({ text }) => `  found ${text}`);
  const hasLimit = limit !== null && (scheduler === 'exhaustive' || executions === 0);
  const complete = completeTo === null ? '' : `; every execution of up to ${grouped(completeTo)} steps was covered`;
  return [
    ...assumptions.map(({ text }) => `  ${exhausted ? 'proved' : 'searched'} ${text}`),
    ...(hasLimit ? [`  limit: ${limit}${complete}`] : []),
    ...(hasLimit && loop !== null
      ? [`  ${loop} does not end: bound it with --iterations 10, or use mem.waitUntil, which waits without new states`]
      : []),
    ...unreached.map((claim) => `  not reached: ${claim}`),
  ];
}
