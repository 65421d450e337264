/** The public interface of the package. */

export type { Monitor, Properties, StateView, StepEvent } from './check/property.ts';
export type { Scenario } from './check/scenario.ts';
export type { Actor, Operation, Program } from './explore/program.ts';
export { BadInput } from './input/badInput.ts';
export { assume, check } from './memory/assume.ts';
export type { Cell, Cell64, Lock } from './memory/cell.ts';
export { Layout } from './memory/layout.ts';
export { ContractViolation, type Memory } from './memory/memory.ts';
export { NativeMemory } from './memory/nativeMemory.ts';
export type { ExploreReport } from './run/exploreReport.ts';
export { type ExploreOptions, exploreScenario } from './run/exploreScenario.ts';
export { loadFinding, resolveScenarioName as loadSource } from './run/resolveScenarioName.ts';
export { type StressReport, stress } from './run/stress/stress.ts';
export { compileKernel, type KernelOfVm } from './scenario/compileKernel.ts';
export { scenario } from './scenario/define.ts';
export { type GuestPage, type VmDefinition, type VmHandle, vm } from './scenario/defineVm.ts';
export type { CellSpec, Definition, Names, OperationOf, View } from './scenario/definition.ts';
export { openScenario as openSource, type ScenarioRef as Source } from './scenario/scenarioRef.ts';
export { explore, type Options } from './testing/explore.ts';
export type { Report } from './testing/report.ts';
export type { UserRing } from './trackers/interface/tracker.ts';
export type { VmSpec } from './vm/spec.ts';
