import { Execution } from '../execution/execution.ts';
import type { Program } from '../program.ts';
import { lkmm } from './lkmm/descriptor.ts';
import type { MemoryModelDescriptor } from './memoryModelDescriptor.ts';
import { rc11 } from './rc11/descriptor.ts';
import { sc } from './sc/descriptor.ts';
import { tso } from './tso/descriptor.ts';

/** The list of memory models: see `docs/memory-models.md`. */
const list = { sc, tso, rc11, lkmm };

export type MemoryModelName = keyof typeof list;
export const memoryModels: Readonly<Record<MemoryModelName, MemoryModelDescriptor>> = list;
export const memoryModelNames = Object.keys(list) as readonly MemoryModelName[];
/** Those under which all searches are known, and not only that of graphs. */
export const steppedMemoryModelNames = memoryModelNames.filter((name) => memoryModels[name].searchGraphs === undefined);

/** Old names, for one version. */
export const memoryModelAliases = { weak: 'rc11' } as const satisfies Readonly<Record<string, MemoryModelName>>;
export type MemoryModelAlias = keyof typeof memoryModelAliases;

/** The memory model of this name, which may be an old one; other names stay as they are. */
export const canonicalMemoryModel = <N extends string>(name: N): N | MemoryModelName =>
  Object.hasOwn(memoryModelAliases, name) ? memoryModelAliases[name as unknown as MemoryModelAlias] : name;

/** The memory model where none is named. */
export const DEFAULT_MEMORY_MODEL: MemoryModelName = 'sc';

/** An execution under a memory model. See the constructor of `Execution`. */
export function createExecution(
  model: MemoryModelName,
  program: Program,
  stepsMax: number,
  alike: readonly (readonly number[])[] = [],
): Execution {
  const { translate = same } = memoryModels[model];
  return new Execution(translate(program), stepsMax, memoryModels[model], alike);
}

const same = (program: Program): Program => program;
