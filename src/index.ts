/** The public interface of the package: few names, in groups. `docs/api.md` has the same groups. */

// Writing a scenario.

export type { Scenario } from './check/scenario.ts';
export { scenario } from './scenario/define.ts';
export type { Names } from './scenario/definition.ts';

// In an operation.

export { assume, check } from './memory/assume.ts';
export type { Cell, Cell64, Lock } from './memory/cell.ts';
export type { Memory } from './memory/memory.ts';

// Exploring.

export { BadInput } from './input/badInput.ts';
export { explore, type Options } from './testing/explore.ts';
export type { Report } from './testing/report.ts';

// A virtual machine with a userspace or a kernel of your own.

export { compileKernel, type KernelOfVm } from './scenario/compileKernel.ts';
export { type GuestPage, type VmDefinition, type VmHandle, vm } from './scenario/defineVm.ts';
export type { UserRing } from './trackers/interface/tracker.ts';
