import type { FieldsOf, FieldTypes, Shape } from '../input/fieldTypes.ts';
import type { Cell, Cell64 } from '../memory/cell.ts';
import type { Memory } from '../memory/memory.ts';
import type { Draw } from './draw.ts';
import type { Vm } from './vm.ts';
import type { ActorView, OperationView, PageRef, RoleName, TrackerView, VmView } from './vmView.ts';

/** An operation as scenarios write it: `{ do: NAME, … }`. */
export type SpecOf<Name extends string, S extends Shape> = { readonly do: Name } & FieldsOf<S>;

/** What rules and assumptions need to know of an operation. */
export interface Effects {
  /** Whether it harvests, and whether its result has all the pages that it harvested. */
  readonly harvests: 'no' | 'returns pages' | 'keeps pages';
  /**
   * Whether it copies pages into the replica: while the machine runs, or only while it is paused.
   */
  readonly copies: 'no' | 'running' | 'paused';
  /**
   * Whether it drains the tracker (harvest or reset): while the machine runs, or only while it is
   * paused.
   */
  readonly drains: 'no' | 'running' | 'paused';
  /** What makes the tracker record pages. An entry that is pushed has no write behind it. */
  readonly records: 'no' | 'guest writes' | 'host writes' | 'entries';
  /** Whether it pauses the machine. */
  readonly pauses: boolean;
  /** Whether it makes room for vCPUs until all have halted. */
  readonly serves: boolean;
  /** Whether the actor does nothing after it. */
  readonly isLast: boolean;
}

export const NO_EFFECTS: Effects = {
  harvests: 'no',
  copies: 'no',
  drains: 'no',
  records: 'no',
  pauses: false,
  serves: false,
  isLast: false,
};

/** Where an operation stands in a VM that is read. */
export interface CheckContext {
  /** The operation's path, for messages. */
  readonly where: string;
  readonly vm: VmView;
  readonly tracker: TrackerView;
}

/** What an operation is made with. */
export interface BuildContext {
  readonly vm: Vm;
  /** The vCPU of the actor; 0 where it has none. */
  readonly vcpu: number;
  /** `bits` bits at byte `at` of what userspace maps for a ring. */
  mapped(ring: number, at: number, bits: 8 | 16 | 32 | 64): Cell | Cell64;
  /** The cell that says whether a signal is pending for an actor. */
  signalTo(actor: string): Cell;
  /** The cell that says whether an actor should yield. */
  yieldOf(actor: string): Cell;
}

/**
 * All that is known of an operation. The list in `operations/registry.ts` has one line for each.
 */
export interface OperationDescriptor<Name extends string, S extends Shape> {
  /** What `do` is in a scenario. */
  readonly name: Name;
  /** What it does, for the documentation. */
  readonly about: string;
  readonly roles: readonly RoleName[];
  /** Whether only those trackers support it whose descriptors name it. */
  readonly needsSupport?: boolean;
  /** Its fields beside `do`. */
  readonly fields: (t: FieldTypes) => S;
  /** As traces and lists show it. */
  label(op: SpecOf<Name, S>): string;
  readonly effects: Effects;
  /** What it runs. */
  build(op: SpecOf<Name, S>, machine: BuildContext): (mem: Memory) => unknown;
  /** Whether it is performed again until it returns true. */
  readonly repeats?: boolean;
  /** Operations that are one step smaller, the most promising first. */
  shrink(op: SpecOf<Name, S>): Iterable<OperationView>;
  /** A variant; undefined where there is none. */
  mutate(op: SpecOf<Name, S>, draw: Draw): OperationView | undefined;
  /**
   * A new one for an actor; undefined where the VM has no place for it. Left out: campaigns never
   * add it.
   */
  draw?(draw: Draw, actor: ActorView): OperationView | undefined;
  /** The pages that it records. */
  pages?(op: SpecOf<Name, S>): readonly PageRef[];
  /** Throws `BadInput` where a field does not fit the VM. The fields alone are right. */
  check?(op: SpecOf<Name, S>, site: CheckContext): void;
  /** Whether a VM is one in which every violation is a bug. Left out: it always is. */
  assumes?(vm: VmView): boolean;
}

/** Types a descriptor by its name and its fields. */
export const defineOperation = <const Name extends string, S extends Shape>(
  descriptor: OperationDescriptor<Name, S>,
): OperationDescriptor<Name, S> => descriptor;

/** For operations that have no smaller form. */
export const cannotShrink = (): [] => [];
/** For operations that have no variant. */
export const cannotMutate = (): undefined => undefined;
