import { resolve } from 'node:path';
import type { Scenario } from '../check/scenario.ts';
import { BadInput } from '../input/badInput.ts';
import { SCHEMA } from '../input/schema.ts';
import type { VmSpec, VmsSpec } from '../vm/spec.ts';
import { benchmarkRing, type Yardstick } from './benchmarkRing.ts';
import { openModule } from './module.ts';
import { type OmittedOperations, skip } from './omittedOperations.ts';
import { buildMultiVm, buildVm } from './vm.ts';

/** What all but VMs have in common. */
interface Named {
  readonly schema: typeof SCHEMA;
  /** The scenario's. */
  readonly name: string;
  /** Operations that are left out, by actor: what a smaller scenario does without. */
  readonly skipped?: OmittedOperations;
}

/**
 * A user's module, whose default export is a scenario. The path is absolute; in a finding's file it is relative to that file, so that a
 * project can be moved, and checked out elsewhere, with its findings.
 */
interface ModuleSource extends Named {
  readonly module: string;
}

/** A yardstick: see `gfnring list`. */
interface YardstickSource extends Named {
  readonly builtIn: Yardstick;
}

/** A scenario that was made in memory: only the code that made it has it. */
interface MemorySource extends Named {
  readonly inMemory: true;
}

/** Where a scenario comes from, as plain JSON: any thread can build it again. */
export type ScenarioRef = VmSpec | VmsSpec | ModuleSource | YardstickSource | MemorySource;

/** A scenario, and where it comes from. */
export interface OpenedScenario {
  readonly source: ScenarioRef;
  readonly scenario: Scenario;
}

export const isVm = (source: ScenarioRef): source is VmSpec => 'rings' in source;
export const areVms = (source: ScenarioRef): source is VmsSpec => 'vms' in source;

/** Builds the scenario of a source; a module is imported. Throws `BadInput`, also of one that was made in memory. */
export async function openScenario(source: ScenarioRef): Promise<Scenario> {
  if (isVm(source)) return buildVm(source);
  if (areVms(source)) return buildMultiVm(source);
  if ('inMemory' in source)
    throw new BadInput(`scenario ${source.name} was made in memory: only the code that made it can run it`);
  const scenario = 'module' in source ? await openModule(source.module) : benchmarkRing(source.builtIn);
  return skip(scenario, source.skipped ?? []);
}

/** The scenario of a user's module. Throws `BadInput`. */
export async function sourceOfModule(path: string): Promise<ScenarioRef> {
  const module = resolve(path);
  const { name } = await openModule(module);
  return { schema: SCHEMA, name, module };
}

/** A source with its scenario; a scenario alone has its source in memory. */
export async function resolveScenario(of: ScenarioRef | Scenario): Promise<OpenedScenario> {
  if ('program' in of) return { source: { schema: SCHEMA, name: of.name, inMemory: true }, scenario: of };
  return { source: of, scenario: await openScenario(of) };
}
