import { createHash } from 'node:crypto';
import { join, relative, resolve, sep } from 'node:path';
import { contextSwitches, formatSchedule } from '../explore/schedule.ts';
import { writeAtomically } from '../files/atomicWrite.ts';
import { SCHEMA } from '../input/schema.ts';
import type { ScenarioRef } from '../scenario/scenarioRef.ts';
import { recordedCanary } from './canary.ts';
import type { MemoryConfig } from './createRun.ts';
import type { Failure } from './failure.ts';

/** A failure as it is written to disk: all that a replay needs. */
export interface Finding extends MemoryConfig {
  readonly schema: typeof SCHEMA;
  readonly kind: 'finding';
  /** What does not hold. */
  readonly property: string;
  /** What was seen instead. */
  readonly message: string;
  /** Runs of steps. `0x5,1.2,0`: five of actor 0, one of actor 1 in way 2 (what it reads from, or where it stores; 0 is the newest), one of actor 0. */
  readonly schedule: string;
  /** Of a livelock: so many of the last steps come again and again. Left out: the execution ends. */
  readonly cycle?: number;
  /** How often the schedule goes from one actor to another. */
  readonly contextSwitches: number;
  /** Where the scenario comes from. */
  readonly scenario: ScenarioRef;
  /** The canary that was in the subject; left out: none. */
  readonly canary?: string;
}

export function findingOf({
  source,
  property,
  message,
  memoryModel,
  tearing,
  inFull,
  schedule,
  cycle,
}: Omit<Failure, 'scenario'>): Finding {
  return {
    schema: SCHEMA,
    kind: 'finding',
    property,
    message,
    memoryModel,
    tearing,
    ...(inFull && { inFull }),
    schedule: formatSchedule(schedule),
    ...(cycle !== undefined && { cycle }),
    contextSwitches: contextSwitches(schedule),
    scenario: source,
    ...recordedCanary(),
  };
}

/** Writes a finding into `directory`, under a name made of its content, and returns the path. A reader never sees half a file. */
export function writeFinding(directory: string, finding: Finding): string {
  const text = `${JSON.stringify({ ...finding, scenario: seenFrom(directory, finding.scenario) }, null, 2)}\n`;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 10);
  const file = join(directory, `${finding.scenario.name.replace(/[^A-Za-z0-9_-]/g, '_')}-${hash}.json`);
  writeAtomically(file, text);
  return file;
}

/** A user's module is named from the finding's folder: both can be moved together. */
export function seenFrom(directory: string, source: ScenarioRef): ScenarioRef {
  if (!('module' in source)) return source;
  return { ...source, module: relative(resolve(directory), source.module).split(sep).join('/') };
}
