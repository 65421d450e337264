import { ReadsFromCoverage } from '../campaign/coverage/readsFromCoverage.ts';
import { lineOf } from '../explore/execution/trace.ts';
import { parseSchedule } from '../explore/schedule.ts';
import { StrictReplayScheduler } from '../explore/schedulers/replay.ts';
import { kindNames, kindOf, placeOf } from '../memory/kinds.ts';
import { createRun, runOnce } from '../run/createRun.ts';
import type { Finding } from '../run/finding.ts';
import { openScenario } from '../scenario/scenarioRef.ts';

/**
 * A position in the source. The path is relative to the current directory if the file is inside it.
 */
export interface CodePosition {
  readonly file: string;
  /** Line and column, from 1. */
  readonly line: number;
  readonly column: number;
}

/**
 * An access through which two threads communicate: it reads or overwrites a value of another
 * thread, or is read or overwritten.
 */
export interface CommunicatingAccess extends CodePosition {
  /** Its number in the schedule, from 1. */
  readonly step: number;
  readonly actor: string;
  /** Kind of access and place: `storeRelease ring0.prod`. */
  readonly access: string;
}

/**
 * The accesses of a finding through which threads communicate, in the order of the schedule.
 * Without any, the last access of the schedule. Accesses whose source line is unknown are left out.
 */
export async function communicatingAccesses(finding: Finding): Promise<CommunicatingAccess[]> {
  const order = parseSchedule(finding.schedule) ?? [];
  if (order.length === 0) return [];
  const run = createRun(await openScenario(finding.scenario), order.length + 1, finding);
  runOnce(run, new StrictReplayScheduler(order));
  const { execution } = run;
  const { actors } = execution.program;
  const steps = new ReadsFromCoverage(execution).communicatingSteps();
  return (steps.length > 0 ? steps : [execution.steps - 1]).flatMap((step) => {
    const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(lineOf(execution, step) ?? '') ?? [];
    if (file === undefined) return [];
    const code = execution.footprints[step];
    return {
      ...{ file, line: Number(line), column: Number(column), step: step + 1 },
      actor: actors[execution.schedule[step] % actors.length].name,
      access: `${kindNames[kindOf(code)]} ${execution.places[placeOf(code)].name}`,
    };
  });
}
