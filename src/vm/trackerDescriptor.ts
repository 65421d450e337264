import type { Vm } from '../actors/vm.ts';
import type { Properties, StateView } from '../check/property.ts';
import type { KernelApi } from '../kernel/compiled.ts';
import type { Cell } from '../memory/cell.ts';
import type { Layout } from '../memory/layout.ts';
import type { Freeing } from '../models/pushBound.ts';
import type { DirtyTracker, TrackerFactory } from '../trackers/interface/tracker.ts';
import type { BuiltInScenario, KnownDefect } from './builtInScenario.ts';
import type { OperationSpec, VmSpec } from './spec.ts';

/** Fields of a `VmSpec` that only some trackers have. */
export type TrackerOption = 'manualProtect' | 'backupBitmap' | 'kernel' | 'consumer';

/** Operations that only some trackers have. Each needs its method of `DirtyTracker`. */
export type RingOperation = Extract<OperationSpec['do'], 'push' | 'harvest' | 'count' | 'reset-ring'>;

/** Claims (`sometimes`) whose meaning depends on the tracker. */
export interface TrackerClaims<T> {
  'a ring is full'?(tracker: T, spec: VmSpec): (view: StateView) => boolean;
  'an index wraps'?(tracker: T, spec: VmSpec): (view: StateView) => boolean;
}

/**
 * A ring with free-running indices. To add `size` to all of them, modulo their width, changes
 * nothing that its code does.
 */
export interface IndexRing {
  readonly size: number;
  /** A vCPU must stop when so many entries are in use. */
  readonly soft_limit: number;
  /** The index of the oldest entry that is in use, and the one behind the newest. */
  readonly consumed: Cell;
  readonly produced: Cell;
  /** All indices, these two included. All have the same width. */
  readonly indices: readonly Cell[];
}

/** A VM as the rules of its tracker see it. */
export interface TrackedVm<T extends DirtyTracker> {
  readonly spec: VmSpec;
  readonly vm: Vm;
  readonly tracker: T;
  readonly layout: Layout;
  /** Whether the leeway is proved to be large enough: see `leewaySuffices`. */
  readonly hasRoom: boolean;
}

/** What is checked of a tracker beyond that it loses no page. */
export type TrackerRules = Pick<
  Properties,
  'always' | 'finally' | 'monitors' | 'unordered' | 'threadMonitors' | 'resultsMatter'
>;

/**
 * All that is known of a tracker beside its code. Code outside the tracker's folder asks this, and
 * never which tracker it is. Each version of a tracker has its own.
 */
export interface TrackerDescriptor<T extends DirtyTracker = DirtyTracker> extends TrackerFactory {
  readonly name: string;
  /** The name without the version. Messages use it when they mean all versions. */
  readonly family: string;
  create(...args: Parameters<TrackerFactory['create']>): T;

  /** The options of a VM that it supports. */
  readonly options: readonly TrackerOption[];
  /** The operations that it supports beside those of all trackers. */
  readonly operations: readonly RingOperation[];
  /** The largest value that its free-running indices can have. */
  readonly indexMax: number;
  /**
   * Initial indices that a campaign draws: 0, and values that soon wrap or carry into the next
   * byte.
   */
  readonly boundaryIndices: readonly number[];
  /** How many bytes userspace maps for ring `ring`; 0: none. */
  mappedBytes(rings: VmSpec['rings'], ring: number): number;
  /** Whether the host has a ring of its own, the last of `rings`. */
  readonly hostRing: boolean;
  /** Why it cannot run this VM, as text that follows the path of the VM; undefined: it can. */
  refusal?(spec: VmSpec): string | undefined;

  /** What it does without room: refuses the entry, or overwrites one. `never`: it is never full. */
  readonly whenFull: 'refuse' | 'overwrite' | 'never';
  /** Whether one log serves all vCPUs. */
  readonly sharedLog: boolean;
  /** Whether reset gives entries back before or after it re-arms their pages. */
  readonly freeing: Freeing;
  /** Whether userspace may drain it while vCPUs run, or only while the machine is paused. */
  readonly drainedWhile: 'running' | 'paused';
  /** Whether the kernel accesses mapped memory plainly. If so, races there are not reported. */
  readonly racesWhenMapped: boolean;
  /** The indices that a kernel keeps to itself: C code accesses them plainly. */
  kernelIndices(tracker: T): readonly Cell[];

  /** Its rings with free-running indices: see `IndexRing`. */
  indexRings(tracker: T): readonly IndexRing[];

  /** The claims that can come true for it; the others never do. */
  readonly claims: TrackerClaims<T>;
  rules(machine: TrackedVm<T>): TrackerRules;
  /**
   * Those of `rules` that only say how this version does its work. A C file may do it otherwise and
   * lose nothing.
   */
  readonly conformance?: readonly string[];

  /**
   * Whether it is said to be right for a VM that a campaign generated. If so, every violation is a
   * new bug. Called after the assumptions that all trackers share: see `satisfiesAssumptions`.
   */
  isRightFor(spec: VmSpec): boolean;
  /** Its known defects: number of docs/trackers.md, and title. */
  readonly defects: Readonly<Record<string, string>>;
  /** How it fails where the host writes; undefined: it records such writes. */
  readonly hostWriteDefect?: KnownDefect;
  /** The ring that scenarios use when they need room for `size` entries. */
  ringOfSize(size: number): VmSpec['rings'][number];
  /** Its scenarios `NAME/…`, in the order in which `check` runs them. */
  scenarios(): readonly BuiltInScenario[];
  /**
   * Its scenarios without a prefix. `check` runs them first, and in place of those `NAME/…`.
   */
  readonly detailedScenarios?: readonly BuiltInScenario<VmSpec>[];
  /** The form of the kernel functions in a C file that it can run; undefined: it runs no C file. */
  readonly kernelApi?: KernelApi;
  /** Numbers of the defects that releases with these functions had: see `defects`. */
  readonly defectsOfReleases?: readonly string[];
}

/** The list of trackers, by name. */
export type TrackerTable = Readonly<Record<string, TrackerDescriptor>>;
