/* In this folder: all of the program, a folder a layer: each imports from its own and from those further down in ARCHITECTURE.md. index.ts is what the
   package exports. */

/** The public interface of the package. */

export type { Look, Monitor, Properties, StepEvent } from './check/property.ts';
export type { Actor, Operation, Program } from './explore/program.ts';
export type { Cell, Cell64, Lock } from './memory/cell.ts';
export { Layout } from './memory/layout.ts';
export { Breach, type Memory } from './memory/memory.ts';
export { NativeMemory } from './memory/native.ts';
export { assume, check } from './memory/stop.ts';
export { BadInput } from './scenario/badInput.ts';
export { scenario } from './scenario/define.ts';
export type { CellSpec, Definition, OperationOf, View } from './scenario/definition.ts';
export { type ExploreOptions, type ExploreReport, exploreScenario } from './scenario/explore.ts';
export { loadFinding, loadSource } from './scenario/load.ts';
export type { Scenario } from './scenario/scenario.ts';
export { openSource, type Source } from './scenario/source.ts';
export type { VmSpec } from './scenario/spec.ts';
export { type StressReport, stress } from './scenario/stress.ts';
export { explore, type Options, type Report } from './testing/explore.ts';
