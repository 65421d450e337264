import { ReadsFromCoverage } from '../campaign/coverage/readsFromCoverage.ts';
import { parseSchedule } from '../explore/schedule.ts';
import { StrictReplayScheduler } from '../explore/schedulers/replay.ts';
import { kindNames, kindOf, placeOf } from '../memory/memory.ts';
import { createRun, runOnce } from '../run/createRun.ts';
import type { Finding } from '../run/finding.ts';
import { openScenario } from '../scenario/scenarioRef.ts';

/** A line of the subject, seen from the current directory where it is inside; lines and columns from 1. */
export interface CodeLine {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** An access that another thread reads or writes over, or that does so to what another thread wrote. */
export interface Access extends CodeLine {
  /** Its number in the schedule, from 1. */
  readonly step: number;
  readonly actor: string;
  /** `storeRelease ring0.prod`. */
  readonly does: string;
}

/**
 * The accesses of a finding that communicate across threads, in the order in which they happened; those whose line is not known are left out. Where none
 * communicates, the last access there was.
 */
export async function communicatingAccesses(finding: Finding): Promise<Access[]> {
  const order = parseSchedule(finding.schedule) ?? [];
  if (order.length === 0) return [];
  const run = createRun(await openScenario(finding.scenario), order.length + 1, finding);
  runOnce(run, new StrictReplayScheduler(order));
  const { execution } = run;
  const { actors } = execution.program;
  const steps = new ReadsFromCoverage(execution).steps();
  return (steps.length > 0 ? steps : [execution.steps - 1]).flatMap((s) => {
    const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(execution.lineOf(s) ?? '') ?? [];
    if (file === undefined) return [];
    const code = execution.footprints[s];
    return {
      ...{ file, line: Number(line), column: Number(column), step: s + 1 },
      actor: actors[execution.schedule[s] % actors.length].name,
      does: `${kindNames[kindOf(code)]} ${execution.places[placeOf(code)].name}`,
    };
  });
}
