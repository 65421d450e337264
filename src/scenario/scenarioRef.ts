import { resolve } from 'node:path';
import type { Scenario } from '../check/scenario.ts';
import { ACTORS_MAX } from '../explore/program.ts';
import { BadInput } from '../input/badInput.ts';
import { type FieldsOf, type FieldTypes, lazySchema } from '../input/fieldTypes.ts';
import { SCHEMA } from '../input/schema.ts';
import type { VmSpec, VmsSpec } from '../vm/spec.ts';
import { BENCHMARK_RINGS, type BenchmarkRingName, benchmarkRing } from './benchmarkRing.ts';
import { openModule } from './module.ts';
import { omitOperations } from './omittedOperations.ts';
import { buildMultiVm, buildVm } from './vm.ts';

const OPERATIONS_MAX = 100_000;
const BENCHMARK_RING_NAMES = Object.keys(BENCHMARK_RINGS) as BenchmarkRingName[];

/** The fields that references have in common. */
const refFields = (t: FieldTypes) => ({
  schema: t.version().describe('the version of this form'),
  name: t.text().describe('the name of the scenario'),
  skipped: t
    .optional(t.list(t.list(t.wholeNumber(0, OPERATIONS_MAX), 0, OPERATIONS_MAX), 0, ACTORS_MAX))
    .describe('the operations that are left out, by actor: a shrunk scenario does without them'),
});

const moduleFields = (t: FieldTypes) => ({
  ...refFields(t),
  module: t.text().describe('the path of the module; in a file, as seen from that file'),
});

const benchmarkFields = (t: FieldTypes) => ({
  ...refFields(t),
  builtIn: t.oneOf(BENCHMARK_RING_NAMES).describe('the name of the benchmark ring'),
});

export const moduleSchema = lazySchema((t) => t.openFields(moduleFields(t)));
export const benchmarkSchema = lazySchema((t) => t.openFields(benchmarkFields(t)));
export const inMemorySchema = lazySchema((t) => t.openFields(refFields(t)));

/**
 * A user's module, whose default export is a scenario. The path is absolute. In a finding's file it
 * is relative to that file, so that a project can be moved together with its findings.
 */
interface ModuleRef extends FieldsOf<ReturnType<typeof moduleFields>> {}

/** A benchmark ring: see `gfnring list`. */
interface BenchmarkRef extends FieldsOf<ReturnType<typeof benchmarkFields>> {}

/** A scenario that was made in memory: only the code that made it has it. */
interface InMemoryRef extends FieldsOf<ReturnType<typeof refFields>> {
  readonly inMemory: true;
}

/** A reference to a scenario, as plain JSON. Any thread can build the scenario from it. */
export type ScenarioRef = VmSpec | VmsSpec | ModuleRef | BenchmarkRef | InMemoryRef;

/** A scenario and its reference. */
export interface OpenedScenario {
  readonly source: ScenarioRef;
  readonly scenario: Scenario;
}

export const isVm = (source: ScenarioRef): source is VmSpec => 'rings' in source;
export const areVms = (source: ScenarioRef): source is VmsSpec => 'vms' in source;

/**
 * Builds the scenario of a reference. Imports a module. Throws `BadInput`, also for a scenario made
 * in memory.
 */
export async function openScenario(source: ScenarioRef): Promise<Scenario> {
  if (isVm(source)) return buildVm(source);
  if (areVms(source)) return buildMultiVm(source);
  if ('inMemory' in source)
    throw new BadInput(`scenario ${source.name} was made in memory: only the code that made it can run it`);
  const scenario = 'module' in source ? await openModule(source.module) : benchmarkRing(source.builtIn);
  return omitOperations(scenario, source.skipped ?? []);
}

/** The scenario of a user's module. Throws `BadInput`. */
export async function sourceOfModule(path: string): Promise<ScenarioRef> {
  const module = resolve(path);
  const { name } = await openModule(module);
  return { schema: SCHEMA, name, module };
}

/** Opens a reference. A scenario that is passed itself counts as made in memory. */
export async function resolveScenario(of: ScenarioRef | Scenario): Promise<OpenedScenario> {
  if ('program' in of) return { source: { schema: SCHEMA, name: of.name, inMemory: true }, scenario: of };
  return { source: of, scenario: await openScenario(of) };
}
