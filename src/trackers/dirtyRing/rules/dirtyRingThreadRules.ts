import type { StepEvent, ThreadMonitor } from '../../../check/property.ts';
import type { Violation } from '../../../explore/execution/violation.ts';
import type { Gfn } from '../../../kvm/kvm.ts';
import type { Lock } from '../../../memory/cell.ts';
import { isWrite, Kind } from '../../../memory/kinds.ts';
import { DIRTY_RING_INVALID } from '../../../models/dirtyRing.ts';
import {
  formatGfn,
  gfnsRecordedBy,
  isSameGfn,
  memoizedBy,
  violationOfRule,
} from '../../../vm/properties/monitorHelpers.ts';
import type { OperationSpec } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import { F_DIRTY, F_RESET } from '../dirty_ring.ts';
import type { DirtyRings } from '../dirtyRing.ts';
import { type DirtyRingRole, type EntryRole, rolesOfDirtyRings } from './dirtyRingPlaces.ts';
import {
  contextOf,
  DIRTY_RING_RULE,
  type DirtyRingContext,
  INDEX_MODULUS,
  isEntryNumber,
  SEEN_END,
} from './dirtyRingState.ts';

type ByNumber = Readonly<Record<number, number>>;

/** What a thread knows by itself. */
interface OwnSteps {
  /** Of a vCPU: how many entries it has pushed; the indices of its ring, as it last saw them. */
  readonly pushed: number;
  readonly dirty: number;
  readonly reset: number;
  /** In this operation: whether it entered the guest; which of its pages it pushed last. */
  readonly isInside: boolean;
  readonly last: number;
  /** In this operation: the entries that it flagged; how many it reset. */
  readonly flagged: readonly string[];
  readonly count: number;
  /** By place id: what it last read or wrote of the entry that it is at. */
  readonly words: ByNumber;
  /** Since it took slots_lock, by ring: where it began, how many it took, what flag it found. */
  readonly base: ByNumber;
  readonly taken: ByNumber;
  readonly flags: ByNumber;
  readonly interrupted: boolean;
}

const NO_SECTION = { words: {}, base: {}, taken: {}, flags: {}, interrupted: false } as const;
const NO_OPERATION = { isInside: false, last: 0, flagged: [], count: 0, ...NO_SECTION } as const;
/** A value of `flags`: the entry was given back. */
const NOT_LOOKED = -1;
const HARVESTS: readonly OperationSpec['do'][] = ['collect', 'copy-first', 'harvest'];

type Next = OwnSteps | Violation;
type Holds = (lock: Lock) => boolean;

/** F-1 to F-6, F-9 and F-10 of the merged ring, as far as one thread's own steps show them. */
export function dirtyRingThreadRules(machine: TrackedVm<DirtyRings>): ThreadMonitor<OwnSteps> {
  const { spec, vm, layout } = machine;
  const context = contextOf(machine);
  const roles = rolesOfDirtyRings(layout, vm, context.rings);
  const pages = new Set(vm.guest.pages.map(({ word }) => word.id));
  return {
    name: 'flag rules of each thread',
    init: () => ({ pushed: 0, dirty: spec.index, reset: spec.index, ...NO_OPERATION }),
    step(state, event, holds) {
      if (spec.actors[event.thread].role === 'hostile') return state;
      if (pages.has(event.place.id)) return entersGuest(context, state, event);
      const role = roles[event.place.id];
      return role === undefined ? state : takes(context, state, event, holds, role);
    },
    returned(state, thread, operation, result) {
      const { do: does } = spec.actors[thread].operations[operation];
      return wrongResult(context, state, does, result) ?? { ...state, ...NO_OPERATION };
    },
    key: (state) => memoizedBy(state, JSON.stringify),
  };
}

const violates = ({ spec }: DirtyRingContext, rule: string, { thread, place, value }: StepEvent, what: string) =>
  violationOfRule(rule, `${spec.actors[thread].name}, at ${place.name} (${value}), ${what}`);

/** F-9: by what the vCPU has seen of its ring, it is not soft-full. */
function entersGuest(context: DirtyRingContext, state: OwnSteps, event: StepEvent): Next {
  const { spec, honest } = context;
  const { vcpu } = spec.actors[event.thread];
  if (vcpu === undefined || event.kind !== Kind.loadAcquire || state.isInside) return state;
  const { size, leeway } = spec.rings[vcpu];
  const used = (state.dirty - state.reset) >>> 0;
  return used >= size - leeway && honest.has(vcpu)
    ? violates(context, DIRTY_RING_RULE.F9_SOFT_FULL, event, `has seen ${used} entries in use`)
    : { ...state, isInside: true };
}

function takes(context: DirtyRingContext, state: OwnSteps, event: StepEvent, holds: Holds, role: DirtyRingRole): Next {
  const { spec, vm, version, honest, hasRoom } = context;
  const writes = isWrite(event.kind);
  const resets = holds(vm.kvm.slots_lock);
  const { vcpu } = spec.actors[event.thread];
  switch (role.is) {
    case 'flags':
      if (resets) return writes ? resetsEntry(context, state, event, role) : looksAt(context, state, event, role);
      if (vcpu === role.ring) return writes ? pushesEntry(context, state, event, role) : state;
      return writes ? flagsEntry(context, state, event, role) : { ...state, words: { [event.place.id]: event.value } };
    case 'word':
      return writes ? fillsEntry(context, state, event, role) : readsWord(context, state, event, resets, role);
    case 'dirty_index':
      if (writes) return movesDirtyIndex(context, state, event, role.ring);
      if (!resets) return vcpu === role.ring ? { ...state, dirty: event.value } : state;
      return version.repaired && event.value === positionOf(state, role.ring)
        ? { ...state, flags: { ...state.flags, [role.ring]: SEEN_END } }
        : state;
    case 'reset_index':
      if (!writes) {
        if (resets) return { ...state, base: { [role.ring]: event.value, ...state.base } };
        return vcpu === role.ring ? { ...state, reset: event.value } : state;
      }
      return resets && event.value === positionOf(state, role.ring)
        ? state
        : violates(context, DIRTY_RING_RULE.F2_WINDOW, event, `has taken ${state.taken[role.ring] ?? 0} entries`);
    case 'warned':
      return writes && hasRoom && honest.has(role.ring)
        ? violates(context, DIRTY_RING_RULE.F10_NOT_FULL, event, 'warns')
        : state;
    case 'signal':
      if (writes || !resets) return state;
      return event.value === 0 ? state : { ...state, interrupted: true };
    case 'slots_lock':
      return event.kind === Kind.lock ? { ...state, ...NO_SECTION } : leavesReset(context, state, event);
  }
}

/** The index of the entry that a reset is at. */
const positionOf = ({ base, taken }: OwnSteps, ring: number): number =>
  ((base[ring] ?? 0) + (taken[ring] ?? 0)) % INDEX_MODULUS;

const isAt = ({ rings }: DirtyRingContext, state: OwnSteps, { ring, entry }: EntryRole): boolean =>
  positionOf(state, ring) % rings[ring].size === entry;

/** The page of an entry, by the words of it that the thread has read or written. */
function gfnOf({ rings }: DirtyRingContext, { words }: OwnSteps, { ring, entry }: EntryRole): Gfn | undefined {
  const { slot, offset } = rings[ring].dirty_gfns[entry];
  if (!(slot.id in words && offset.id in words)) return undefined;
  return { slot: words[slot.id], offset: BigInt(words[offset.id]) };
}

/** A reset reads the flags of the oldest entry. */
function looksAt(context: DirtyRingContext, state: OwnSteps, event: StepEvent, role: EntryRole): Next {
  return isAt(context, state, role)
    ? { ...state, words: {}, flags: { ...state.flags, [role.ring]: event.value & F_RESET } }
    : violates(context, DIRTY_RING_RULE.F2_WINDOW, event, `is at number ${positionOf(state, role.ring)}`);
}

/** A reset makes an entry invalid. */
function resetsEntry(context: DirtyRingContext, state: OwnSteps, event: StepEvent, role: EntryRole): Next {
  const { ring } = role;
  if (event.value !== DIRTY_RING_INVALID || state.flags[ring] !== F_RESET || !isAt(context, state, role))
    return violates(context, DIRTY_RING_RULE.F1_RESET, event, `has found ${state.flags[ring]}`);
  if (gfnOf(context, state, role) === undefined)
    return violates(context, DIRTY_RING_RULE.F4_READ, event, 'has not read the entry');
  const taken = { ...state.taken, [ring]: (state.taken[ring] ?? 0) + 1 };
  return { ...state, taken, count: state.count + 1, words: {}, flags: { ...state.flags, [ring]: NOT_LOOKED } };
}

/** slots_lock is given back: the reset has looked for more in each ring. */
function leavesReset(context: DirtyRingContext, state: OwnSteps, event: StepEvent): Next {
  const { flags, interrupted } = state;
  if (Object.keys(flags).length === 0 || interrupted) return { ...state, ...NO_SECTION };
  const more = context.rings.findIndex((_, ring) => flags[ring] !== SEEN_END);
  return more < 0
    ? { ...state, ...NO_SECTION }
    : violates(context, DIRTY_RING_RULE.F5_ALL, event, `did not look for more in ring${more}`);
}

/** A vCPU makes an entry dirty: it is the next, and whole. */
function pushesEntry(context: DirtyRingContext, state: OwnSteps, event: StepEvent, role: EntryRole): Next {
  const { spec, honest, hasRoom, inOrder } = context;
  if (event.value !== F_DIRTY) return violates(context, DIRTY_RING_RULE.F1_PRODUCER, event, 'does not make it dirty');
  if (!isEntryNumber(context, role, state.pushed))
    return violates(context, DIRTY_RING_RULE.F2_WINDOW, event, `fills it as number ${state.pushed + 1}`);
  const pushes = gfnsRecordedBy(spec.actors[event.thread].operations[event.operation]);
  const gfn = gfnOf(context, state, role);
  const isPushed = gfn !== undefined && pushes.some((other) => isSameGfn(other, gfn));
  if (!isPushed) return violates(context, DIRTY_RING_RULE.F4_WHOLE, event, 'has not written one of its pages to it');
  const at = pushes.findIndex((other, i) => i >= state.last && isSameGfn(other, gfn));
  if (inOrder && honest.has(role.ring) && hasRoom && at < 0)
    return violates(context, DIRTY_RING_RULE.F2_WRITES, event, `after ${formatGfn(pushes[state.last])}`);
  return { ...state, pushed: state.pushed + 1, last: Math.max(at, state.last), words: {} };
}

/** A word of an entry is written: the entry is the next that its vCPU pushes. */
function fillsEntry(context: DirtyRingContext, state: OwnSteps, event: StepEvent, role: EntryRole): Next {
  const isOwn = context.spec.actors[event.thread].vcpu === role.ring;
  return isOwn && isEntryNumber(context, role, state.pushed)
    ? { ...state, words: { ...state.words, [event.place.id]: event.value } }
    : violates(context, DIRTY_RING_RULE.F4_STABLE, event, `has pushed ${state.pushed} entries`);
}

/** dirty_index is stored: just before or just after the entry is dirty. */
function movesDirtyIndex(context: DirtyRingContext, state: OwnSteps, event: StepEvent, ring: number): Next {
  const { spec } = context;
  const isOwn = spec.actors[event.thread].vcpu === ring;
  const ahead = (event.value - ((spec.index + state.pushed) % INDEX_MODULUS)) | 0;
  return isOwn && event.value === (state.dirty + 1) % INDEX_MODULUS && (ahead === 0 || ahead === 1)
    ? { ...state, dirty: event.value }
    : violates(context, DIRTY_RING_RULE.F2_WINDOW, event, `has pushed ${state.pushed} entries`);
}

/** A word of an entry is read. A reset reads each once, of the oldest entry. */
function readsWord(
  context: DirtyRingContext,
  state: OwnSteps,
  event: StepEvent,
  resets: boolean,
  role: EntryRole,
): Next {
  const read = { ...state, words: { ...state.words, [event.place.id]: event.value } };
  if (!resets) return read;
  if (state.flags[role.ring] !== F_RESET || !isAt(context, state, role))
    return violates(context, DIRTY_RING_RULE.F4_READ, event, 'has not found the oldest entry flagged');
  return event.place.id in state.words ? violates(context, DIRTY_RING_RULE.F4_READ, event, 'reads it twice') : read;
}

/** Userspace flags an entry for reset, which it has found dirty and then read. */
function flagsEntry(context: DirtyRingContext, state: OwnSteps, event: StepEvent, role: EntryRole): Next {
  if (!context.honest.has(role.ring)) return state;
  if ((event.value & F_RESET) === 0 || state.words[event.place.id] !== F_DIRTY)
    return violates(context, DIRTY_RING_RULE.F1_USER, event, `has found ${state.words[event.place.id] ?? 'nothing'}`);
  const gfn = gfnOf(context, state, role);
  return gfn === undefined
    ? violates(context, DIRTY_RING_RULE.F4_TAKEN, event, 'has not read the entry')
    : { ...state, words: {}, flagged: [...state.flagged, formatGfn(gfn)] };
}

function wrongResult(
  context: DirtyRingContext,
  state: OwnSteps,
  does: OperationSpec['do'],
  result: unknown,
): Violation | undefined {
  const { rings, honest, hasRoom } = context;
  if (does === 'reset' && result !== state.count)
    return violationOfRule(DIRTY_RING_RULE.F6_RESET, `it returned ${result}, and took ${state.count}`);
  if (!HARVESTS.includes(does) || !hasRoom || honest.size < rings.length) return undefined;
  const told = (result as readonly Gfn[]).map(formatGfn);
  return told.join() === state.flagged.join()
    ? undefined
    : violationOfRule(DIRTY_RING_RULE.F6_HARVEST, `it returned ${told.join()}, and flagged ${state.flagged.join()}`);
}
