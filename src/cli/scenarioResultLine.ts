import { grouped, plural } from '../report/format.ts';
import type { ExploreReport } from '../run/exploreScenario.ts';
import { STATUS, statusOf } from './errors.ts';

/** One scenario's result in one line: what was proved, and what was only searched. */
export function scenarioResultLine(report: ExploreReport, width = 15): string {
  const { executions, classes, steps, states } = report;
  const least = report.classesCut ? 'at least ' : '';
  const counted = classes === null ? `${grouped(steps)} steps` : `${least}${plural(classes, 'class', 'classes')}`;
  const what = states > 0 ? plural(states, 'state') : `${plural(executions, 'execution')}, ${counted}`;
  const status = statusOf(report);
  const sign = status === STATUS.findings ? '✗' : status === STATUS.undecided ? '?' : '✓';
  return `${sign} ${report.scenario.padEnd(width)} ${what.padEnd(38)} ${`${report.seconds.toFixed(1)} s`.padStart(7)}  ${verdictOf(report)}`;
}

function verdictOf(report: ExploreReport): string {
  const { findings, outcome, exhausted, preemptions, blocked, cut, scheduler, states } = report;
  if (findings.length > 0) return `${outcome.toUpperCase()}: ${findings[0].property}`;
  const counts = `${blocked > 0 ? ` (${grouped(blocked)} blocked)` : ''}${cut > 0 ? ` (${grouped(cut)} cut short)` : ''}`;
  if (exhausted) return `proved${preemptions === null ? '' : ` for ${plural(preemptions, 'preemption')}`}${counts}`;
  if (scheduler === 'exhaustive') return `undecided: searched${states > 0 ? ' in part' : ''}, nothing found${counts}`;
  return `searched, nothing found${counts}`;
}

/** What has to be said beside the line: what the verdict rests on, why there is none, and what would bring one. */
export function reportNotes(report: ExploreReport): string[] {
  const { assumptions, unreached, exhausted, limit, completeTo, loop, scheduler, findings } = report;
  if (findings.length > 0) return assumptions.map(({ text }) => `  found ${text}`);
  const isProof = scheduler === 'exhaustive';
  return [
    ...assumptions.map(({ text }) => `  ${exhausted ? 'proved' : 'searched'} ${text}`),
    ...(isProof && limit !== null
      ? [
          `  limit: ${limit}${completeTo === null ? '' : `; every execution of up to ${grouped(completeTo)} steps was covered`}`,
        ]
      : []),
    ...(isProof && limit !== null && loop !== null
      ? [`  ${loop} goes on and on: --rounds 10 explores up to 10 iterations, mem.waitUntil waits without a state`]
      : []),
    ...unreached.map((claim) => `  not reached: ${claim}`),
  ];
}
