/** What actors may do: see the folder `roles`. */
export const roleNames = ['vcpu', 'host', 'userspace', 'kernel', 'hostile'] as const;
export type RoleName = (typeof roleNames)[number];

/** A page: its slot, and its offset in that. */
export type PageRef = readonly [slot: number, offset: number];

/** An operation of which nothing but the name is known. */
export interface OperationView {
  readonly do: string;
}

export interface ActorView {
  readonly name: string;
  readonly role: RoleName;
  readonly vcpu?: number;
  readonly operations: readonly OperationView[];
}

/** A `VmSpec` as roles and operations see it: they do not know of which operations there are. */
export interface VmView {
  readonly tracker?: string;
  readonly rings: readonly { readonly size: number; readonly leeway: number }[];
  readonly slots: readonly { readonly slot: number; readonly npages: number }[];
  readonly index: number;
  readonly actors: readonly ActorView[];
}

/** What roles and operations ask of the tracker of a VM. */
export interface TrackerView {
  readonly name: string;
  /** The operations that it supports beside those of all trackers. */
  readonly operations: readonly string[];
  /** The options of a VM that it supports. */
  readonly options: readonly string[];
  /** Whether the host has a ring of its own, the last of `rings`. */
  readonly hostRing: boolean;
  /** Whether userspace may drain it while vCPUs run, or only while the machine is paused. */
  readonly drainedWhile: 'running' | 'paused';
  /** How many bytes userspace maps for ring `ring`; 0: none. */
  mappedBytes(rings: VmView['rings'], ring: number): number;
}

/** All operations of all actors. */
export const operationsOf = ({ actors }: VmView): OperationView[] => actors.flatMap(({ operations }) => operations);

/** Whether an actor performs one of these operations. */
export const performsAny = ({ actors }: Pick<VmView, 'actors'>, ...names: readonly string[]): boolean =>
  actors.some(({ operations }) => operations.some((op) => names.includes(op.do)));
