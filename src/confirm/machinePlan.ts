import type { OperationSpec } from '../actors/operations/registry.ts';
import { BadInput } from '../input/badInput.ts';
import type { VmSpec } from '../vm/spec.ts';

/**
 * The threads of the process in the machine. Each runs on a processor of its own: userspace on the
 * first, another thread of userspace on the second, the vCPU on the third.
 */
export const machineThreads = ['userspace', 'second', 'vcpu'] as const;
export type MachineThread = (typeof machineThreads)[number];

/** The number of a thread's processor in gdb's numbering, from 1. */
export const cpuOf = (thread: MachineThread): number => machineThreads.indexOf(thread) + 1;

/** An operation, and the new number of pages of `set-slot`. */
export interface MachineOperation {
  readonly name: 'write' | 'collect' | 'reset' | 'signal' | 'set-slot';
  readonly npages?: number;
}

/** What the threads do. Actors are in the order of the scenario. */
export interface MachinePlan {
  readonly actors: readonly {
    readonly name: string;
    readonly thread: MachineThread;
    readonly operations: readonly MachineOperation[];
  }[];
  readonly pages: number;
}

/** The operations that the program in the machine can perform, by the role of the actor. */
const PERFORMED: Readonly<Record<string, readonly [MachineThread, ...operations: string[]]>> = {
  vcpu: ['vcpu', 'write'],
  userspace: ['userspace', 'collect', 'set-slot'],
  kernel: ['second', 'reset'],
  host: ['second', 'signal'],
};
/** The program has room for so many pages. */
const PAGES_MAX = 64;

/** Maps actors to threads. Throws BadInput if the machine cannot perform the scenario. */
export function planOf({ name, slots, actors }: VmSpec): MachinePlan {
  const refuse = (why: string): BadInput => new BadInput(`${name} cannot be performed on a booted kernel: ${why}`);
  const [slot] = slots;
  if (slots.length !== 1 || slot.npages > PAGES_MAX) throw refuse(`it needs one slot of at most ${PAGES_MAX} pages`);
  const mapped = actors.map(({ name: actor, role, operations }) => {
    const performed = Object.hasOwn(PERFORMED, role) ? PERFORMED[role] : undefined;
    if (performed === undefined) throw refuse(`${actor} is no vCPU, userspace, kernel or host`);
    const [thread, ...known] = performed;
    const other = operations.find((operation) => !known.includes(operation.do));
    if (other !== undefined) throw refuse(`the operation ${other.do} of ${actor} is not supported`);
    return { name: actor, thread, operations: operations.map(machineOperation) };
  });
  for (const thread of machineThreads)
    if (mapped.filter((actor) => actor.thread === thread).length > 1)
      throw refuse(`it has two actors for the thread ${thread}`);
  return { actors: mapped, pages: slot.npages };
}

const machineOperation = (operation: OperationSpec): MachineOperation => ({
  name: operation.do as MachineOperation['name'],
  ...(operation.do === 'set-slot' && { npages: operation.npages }),
});

/** The file that the program reads. */
export function programText({ actors, pages }: MachinePlan): string {
  const textOf = (thread: MachineThread): string => {
    const operations = actors.find((actor) => actor.thread === thread)?.operations ?? [];
    return operations.map(({ name, npages }) => (npages === undefined ? name : `${name}:${npages}`)).join() || '-';
  };
  return `pages ${pages} userspace ${textOf('userspace')} second ${textOf('second')}\n`;
}
