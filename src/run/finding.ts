import { createHash } from 'node:crypto';
import { join, relative, resolve, sep } from 'node:path';
import { violationCategories } from '../explore/execution/violation.ts';
import { memoryModelAliases, memoryModelNames } from '../explore/memoryModels/registry.ts';
import { contextSwitches, formatSchedule } from '../explore/schedule.ts';
import { writeAtomically } from '../files/atomicWrite.ts';
import { withChecksum } from '../input/checksum.ts';
import { type FieldsOf, type FieldTypes, lazySchema } from '../input/fieldTypes.ts';
import type { ScenarioRef } from '../scenario/scenarioRef.ts';
import { recordedCanary } from './canary.ts';
import type { MemoryConfig } from './createRun.ts';
import type { Failure } from './failure.ts';
import { modulesOf, withOrigin } from './origin.ts';

/** The version of the form of a finding. 2: with a checksum. */
export const FINDING_SCHEMA = 2;

/** Longer than any schedule. */
const STEPS_MAX = 2 ** 31;

const findingFields = (t: FieldTypes) => ({
  schema: t.version(FINDING_SCHEMA).describe('the version of this form'),
  kind: t.constant('finding').describe('what the file is'),
  property: t.text().describe('the property that does not hold'),
  message: t.text().describe('what was seen instead'),
  category: t
    .optional(t.oneOf(violationCategories))
    .describe('what is violated if it is no property of the scenario. Left out: one that is, or an older file'),
  memoryModel: t.oneOfRenamed(memoryModelNames, memoryModelAliases).describe("what actors see of each other's stores"),
  tearing: t.withDefault(t.flag(), false).describe('whether a plain 64-bit store is two of 32 bits'),
  inFull: t
    .optional(t.flag())
    .describe('whether the schedule has all accesses of loops, and not only those that the explorer keeps'),
  schedule: t
    .unparsed()
    .describe(
      'runs of steps. `0x5,1.2,0`: five steps of actor 0; one of actor 1 with choice 2; one of actor 0. A choice is what the step reads from or where its store goes (0: the newest)',
    ),
  cycle: t.optional(t.wholeNumber(1, STEPS_MAX)).describe('of a livelock: so many of the last steps repeat for ever'),
  contextSwitches: t.wholeNumber(0, STEPS_MAX).describe('how often the schedule goes from one actor to another'),
  canary: t.optional(t.text()).describe('the canary that was in the subject; left out: none'),
  scenario: t.unread().describe('a reference to the scenario'),
});

export const findingSchema = lazySchema((t) => t.openFields(findingFields(t)));

/** A violation as it is written to disk: all that a replay needs. */
export interface Finding
  extends Omit<FieldsOf<ReturnType<typeof findingFields>>, 'scenario' | 'inFull'>,
    Pick<MemoryConfig, 'inFull'> {
  /** Where the scenario comes from. */
  readonly scenario: ScenarioRef;
}

export function createFinding({
  source,
  property,
  message,
  category,
  memoryModel,
  tearing,
  inFull,
  schedule,
  cycle,
}: Omit<Failure, 'scenario'>): Finding {
  return {
    schema: FINDING_SCHEMA,
    kind: 'finding',
    property,
    message,
    ...(category !== undefined && { category }),
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

/** The file of a finding in `directory`. Its name is made from its content. */
export function findingDocument(directory: string, finding: Finding): { readonly file: string; readonly text: string } {
  const content = { ...finding, scenario: relativeTo(directory, finding.scenario) };
  const document = withOrigin(withChecksum(content), modulesOf([finding.scenario]));
  const hash = document.checksum.slice(0, 10);
  const file = join(directory, `${fileStem(finding.scenario.name)}-${hash}.json`);
  return { file, text: `${JSON.stringify(document, null, 2)}\n` };
}

/** Writes a finding into `directory`, and returns the path. The write is atomic. */
export function writeFinding(directory: string, finding: Finding): string {
  const { file, text } = findingDocument(directory, finding);
  writeAtomically(file, text);
  return file;
}

/** The longest part of the name of a file that a scenario's name becomes. */
const STEM_MAX = 100;

/** The name of a scenario as a part of the name of a file. A long one ends with its hash. */
export function fileStem(name: string): string {
  const stem = name.replace(/[^A-Za-z0-9_-]+/g, '_');
  if (stem.length <= STEM_MAX) return stem;
  return `${stem.slice(0, STEM_MAX - 11)}-${createHash('sha256').update(name).digest('hex').slice(0, 10)}`;
}

/**
 * The reference as seen from the finding's folder, so that a module and its findings can be moved
 * together.
 */
export function relativeTo(directory: string, source: ScenarioRef): ScenarioRef {
  if (!('module' in source)) return source;
  return { ...source, module: relative(resolve(directory), source.module).split(sep).join('/') };
}
