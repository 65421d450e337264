/** The public interface of the package. */

export type { Look, Monitor, Properties, StepEvent } from './check/property.ts';
export type { Actor, Operation, Program } from './explore/program.ts';
export type { Cell, Cell64, Lock } from './memory/cell.ts';
export { Layout } from './memory/layout.ts';
export { Breach, type Memory } from './memory/memory.ts';
export { NativeMemory } from './memory/native.ts';
export { BadInput } from './scenario/badInput.ts';
export { type ExploreOptions, type ExploreReport, exploreScenario } from './scenario/explore.ts';
export { loadFinding, loadScenario } from './scenario/load.ts';
export type { VmSpec } from './scenario/spec.ts';
export { type StressReport, stress } from './scenario/stress.ts';
