import type { Monitor, StateView, StepEvent } from '../../../check/property.ts';
import type { Violation } from '../../../explore/execution/violation.ts';
import type { Gfn } from '../../../kvm/kvm.ts';
import { isWrite, Kind } from '../../../memory/memory.ts';
import {
  DIRTY_RING_INVALID,
  type DirtyRingState,
  dirtyRingEntry,
  dirtyRingHarvest,
  dirtyRingHarvestable,
  dirtyRingPush,
  dirtyRingReset,
  emptyDirtyRing,
  isDirtyRingFull,
} from '../../../models/dirtyRing.ts';
import {
  arraysEqual,
  differing,
  memoizedBy,
  pushesOf,
  text,
  violationOfRule,
  withElement,
} from '../../../vm/properties/monitorHelpers.ts';
import { hostileRings, performs, type VmSpec } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import { F_DIRTY, F_RESET } from '../dirty_ring.ts';
import type { DirtyRings } from '../dirtyRing.ts';
import { type EntryRole, rolesOfFlags } from './dirtyRingPlaces.ts';

interface State {
  readonly rings: readonly DirtyRingState[];
  readonly threads: readonly Doing[];
}

/** What a thread is in the middle of: since its operation began, or, from `flags` on, since it took slots_lock. */
interface Doing {
  /** What it has harvested, and how many entries it has reset. */
  readonly taken: readonly Gfn[];
  readonly count: number;
  /** Of the pages that its operation writes, in their order, the one that it pushed last. */
  readonly last: number;
  /** By ring: the flags that reset has found at the oldest entry; SEEN_END where it must stop; undefined where it has not looked. */
  readonly flags: readonly (number | undefined)[];
  /** Words of that entry, or of the one that it harvests next, that it has read since, and by ring how many entries it took since it last looked at its signal. */
  readonly words: readonly string[];
  readonly since: readonly number[];
  /** Whether it has seen a signal. */
  readonly interrupted: boolean;
}

const SECTION = { flags: [], words: [], since: [], interrupted: false } as const;
const IDLE: Doing = { taken: [], count: 0, last: 0, ...SECTION };
/** Whose result is what they have harvested. */
const HARVESTS = ['collect', 'copy-first', 'harvest'] as readonly string[];
/** No flag that reset goes on for. */
const SEEN_END = 0;
const MODULUS = 2 ** 32;

const F1_PRODUCER = 'F-1 the vCPU makes an invalid entry dirty';
const F1_USER = 'F-1 userspace flags dirty entries for reset';
const F1_RESET = 'F-1 reset makes flagged entries invalid';
export const F2 = 'F-2 the window: dirty entries from reset_index to dirty_index, the oldest first';
const F2_WRITES = 'F-2 a vCPU pushes pages in the order in which it writes them';
export const F3 = 'F-3 reset_index does not overtake dirty_index';
const F4_WHOLE = 'F-4 an entry is whole before it is dirty';
const F4_STABLE = 'F-4 an entry stays as it is until it is reset';
const F4_TAKEN = 'F-4 userspace reads an entry before it flags it';
const F4_READ = 'F-4 reset reads each word once, before it gives the entry back';
const F5 = 'F-5 reset goes on for as long as entries are flagged';
const F6_RESET = 'F-6 reset says how many entries it took';
export const F6_HARVEST = 'F-6 harvest reports what it flagged';
export const F10 = 'F-10 no ring gets full';
const G2 = 'G2 one reset takes at most as many entries as the ring has';

/** The rings that nobody pokes. */
export function honestRings(spec: VmSpec): ReadonlySet<number> {
  const hostile = hostileRings(spec);
  return new Set(spec.rings.map((_, ring) => ring).filter((ring) => !hostile.has(ring)));
}

/**
 * F-1 to F-6, F-10 and G2 of the ring as merged, each effect held against the sequential model at the step where it happens. Of a ring that hostile userspace
 * writes to only what the kernel does of its own accord is asked; of one whose leeway is too small, not that it never gets full. That the page of an entry is re-armed (F-7), and what is flushed when, shows in the
 * pages that are lost.
 */
export function dirtyRingMonitor({ spec, vm, tracker, layout, hasRoom }: TrackedVm<DirtyRings>): Monitor<State> {
  const { rings, version } = tracker;
  const { slots_lock } = vm.kvm;
  const roles = rolesOfFlags(layout, vm, rings);
  const honest = honestRings(spec);
  /** Where a slot changes, a page of it may fault while what was written before is still in the hardware's log. */
  const inOrder = spec.pml === undefined || !performs(spec, 'set-slot');
  const signalled = new Set(
    spec.actors.flatMap(({ operations }) => operations.flatMap((op) => (op.do === 'signal' ? [op.to] : []))),
  );
  const nameOf = ({ thread }: StepEvent): string => spec.actors[thread].name;
  const isAt = (r: number, entry: number, count: number): boolean => (spec.index + count) % rings[r].size === entry;
  const indexOf = (count: number): number => (spec.index + count) % MODULUS;
  /** How many pushes `dirty_index` says there were: one more or less than there are, while one is on its way. */
  const countOf = (ring: DirtyRingState, index: number): number => ring.pushed + ((index - indexOf(ring.pushed)) | 0);

  function step(state: State, event: StepEvent, look: StateView): State | Violation {
    const role = roles[event.place.id];
    const actor = spec.actors[event.thread];
    if (role === undefined || actor.role === 'hostile') return state;
    const resets = look.holder(slots_lock) === event.thread;
    const write = isWrite(event.kind);
    switch (role.is) {
      case 'flags':
        if (!write) return resets ? looks(state, event, role) : state;
        if (resets) return consumed(state, event, role);
        return actor.vcpu === role.ring ? pushed(state, event, role, look) : flagged(state, event, role);
      case 'word':
        if (write) return fills(state, event, role);
        if (resets) return readsWord(state, event, role);
        return honest.has(role.ring) && actor.vcpu === undefined ? takesWord(state, event) : state;
      case 'dirty_index':
        if (write) return movesDirty(state, event, role.ring);
        return resets && version.repaired ? looksAtBound(state, event, role.ring) : state;
      case 'reset_index':
        return write ? movesReset(state, event, role.ring, resets) : state;
      case 'warned':
        return write && hasRoom && honest.has(role.ring)
          ? violationOfRule(F10, `${actor.name} warns that ring${role.ring} is`)
          : state;
      case 'signal':
        return write || !resets
          ? state
          : update(state, event.thread, { since: [], ...(event.value !== 0 && { interrupted: true }) });
      case 'slots_lock':
        return event.kind === Kind.lock ? update(state, event.thread, SECTION) : leavesSlotsLock(state, event, look);
    }
  }

  function pushed(state: State, event: StepEvent, { ring: r, entry }: EntryRole, look: StateView): State | Violation {
    const ring = state.rings[r];
    const cells = rings[r].dirty_gfns[entry];
    const gfn = { slot: look.read(cells.slot), offset: look.read64(cells.offset) };
    const full = honest.has(r) && isDirtyRingFull(ring);
    if (full && hasRoom) return violationOfRule(F10, `${nameOf(event)} pushes, all of ring${r} is in use`);
    if (event.value !== F_DIRTY || (honest.has(r) && !full && event.old !== DIRTY_RING_INVALID))
      return violationOfRule(F1_PRODUCER, `${event.place.name} went from ${event.old} to ${event.value}`);
    if (!isAt(r, entry, ring.pushed))
      return violationOfRule(F2, `${nameOf(event)} fills ${event.place.name} as number ${ring.pushed + 1}`);
    const pushes = pushesOf(spec.actors[event.thread].operations[event.operation]);
    if (honest.has(r) && !pushes.some((other) => arraysEqual(other, gfn)))
      return violationOfRule(
        F4_WHOLE,
        `it says ${text(gfn)}, ${nameOf(event)} pushes ${pushes.map(text).join(' or ')}`,
      );
    const { last } = state.threads[event.thread];
    const at = pushes.findIndex((other, i) => i >= last && arraysEqual(other, gfn)); // again, where it was re-armed before the write
    if (inOrder && honest.has(r) && !full && at < 0)
      return violationOfRule(F2_WRITES, `${nameOf(event)} pushes ${text(gfn)} after ${text(pushes[last])}`);
    return update(withRing(state, r, dirtyRingPush(ring, gfn.slot, gfn.offset)), event.thread, {
      last: Math.max(at, last),
    });
  }

  function flagged(state: State, event: StepEvent, { ring: r, entry }: EntryRole): State | Violation {
    if (!honest.has(r)) return state;
    const ring = state.rings[r];
    const oldest = dirtyRingHarvestable(ring);
    if (event.old !== F_DIRTY || (event.value & F_RESET) === 0 || oldest === undefined)
      return violationOfRule(F1_USER, `${nameOf(event)} makes ${event.place.name} ${event.value}, it was ${event.old}`);
    if (!isAt(r, entry, ring.harvested))
      return violationOfRule(F2, `${nameOf(event)} takes ${event.place.name} as number ${ring.harvested + 1}`);
    const { taken, words } = state.threads[event.thread];
    if (words.length < 2)
      return violationOfRule(F4_TAKEN, `${event.place.name} is flagged after ${words.join()} was read`);
    const { slot, offset } = oldest;
    return update(withRing(state, r, dirtyRingHarvest(ring)), event.thread, {
      taken: [...taken, { slot, offset }],
      words: [],
    });
  }

  function takesWord(state: State, event: StepEvent): State {
    const words = new Set([...state.threads[event.thread].words, event.place.name]);
    return update(state, event.thread, { words: [...words] });
  }

  function looks(state: State, event: StepEvent, { ring: r, entry }: EntryRole): State | Violation {
    const { reset: taken } = state.rings[r];
    if (!isAt(r, entry, taken)) return violationOfRule(F2, `reset looks at ${event.place.name} as number ${taken + 1}`);
    const { flags } = state.threads[event.thread];
    return update(state, event.thread, { flags: withElement(flags, r, event.value & F_RESET), words: [] });
  }

  /** What was never pushed is not reset, whatever its flags say. */
  function looksAtBound(state: State, event: StepEvent, r: number): State {
    if (event.value !== indexOf(state.rings[r].reset)) return state;
    return update(state, event.thread, { flags: withElement(state.threads[event.thread].flags, r, SEEN_END) });
  }

  function readsWord(state: State, event: StepEvent, { ring: r, entry }: EntryRole): State | Violation {
    const { flags, words } = state.threads[event.thread];
    if (flags[r] !== F_RESET || !isAt(r, entry, state.rings[r].reset))
      return violationOfRule(F4_READ, `${event.place.name} is read while it is not the oldest entry, found flagged`);
    if (words.includes(event.place.name)) return violationOfRule(F4_READ, `${event.place.name} is read twice`);
    return update(state, event.thread, { words: [...words, event.place.name] });
  }

  function consumed(state: State, event: StepEvent, { ring: r, entry }: EntryRole): State | Violation {
    const ring = state.rings[r];
    const { flags, words, since, count } = state.threads[event.thread];
    if (event.value !== DIRTY_RING_INVALID || flags[r] !== F_RESET || !isAt(r, entry, ring.reset))
      return violationOfRule(
        F1_RESET,
        `${nameOf(event)} makes ${event.place.name} ${event.value}, it was ${event.old}`,
      );
    if (words.length < 2)
      return violationOfRule(F4_READ, `${event.place.name} is given back after ${words.join()} was read`);
    const now = (since[r] ?? 0) + 1;
    const maySleep = version.interruptible && !signalled.has(spec.actors[event.thread].name);
    if (now > rings[r].size && !maySleep)
      return violationOfRule(G2, `${nameOf(event)} takes entry number ${now} of ring${r} in one call`);
    return update(withRing(state, r, dirtyRingReset(ring)), event.thread, {
      count: count + 1,
      flags: withElement(flags, r, undefined),
      words: [],
      since: withElement(since, r, now),
    });
  }

  function fills(state: State, event: StepEvent, { ring: r, entry }: EntryRole): State | Violation {
    const ring = state.rings[r];
    if (!honest.has(r)) return state;
    const { size } = rings[r];
    const isFree = dirtyRingEntry(ring, size + entry - (spec.index % size)).flags === DIRTY_RING_INVALID;
    if (isFree && isAt(r, entry, ring.pushed)) return state;
    if (isDirtyRingFull(ring))
      return hasRoom ? violationOfRule(F10, `${nameOf(event)} overwrites ${event.place.name}`) : state;
    return violationOfRule(isFree ? F2 : F4_STABLE, `${nameOf(event)} writes ${event.place.name}`);
  }

  function movesDirty(state: State, event: StepEvent, r: number): State | Violation {
    const isOwner = spec.actors[event.thread].vcpu === r;
    const ahead = countOf(state.rings[r], event.value) - state.rings[r].pushed;
    if (!isOwner || event.value !== (event.old + 1) % MODULUS || ahead < 0 || ahead > 1)
      return violationOfRule(F2, `${nameOf(event)} moves ${event.place.name} from ${event.old} to ${event.value}`);
    return state;
  }

  function movesReset(state: State, event: StepEvent, r: number, resets: boolean): State | Violation {
    if (!resets || event.value !== indexOf(state.rings[r].reset))
      return violationOfRule(F2, `${nameOf(event)} moves ${event.place.name} to ${event.value}`);
    return state;
  }

  function leavesSlotsLock(state: State, event: StepEvent, look: StateView): State | Violation {
    const { flags, interrupted } = state.threads[event.thread];
    if (flags.length === 0 && !interrupted) return state; // took slots_lock for something else
    for (const [r, ring] of state.rings.entries()) {
      if (ring.reset > Math.max(ring.pushed, countOf(ring, look.read(rings[r].dirty_index))))
        return violationOfRule(F3, `${ring.reset} entries of ring${r} were reset, ${ring.pushed} were pushed`);
      if (flags[r] !== SEEN_END && !interrupted) return violationOfRule(F5, `it did not look for more in ring${r}`);
    }
    return update(state, event.thread, SECTION);
  }

  function returned(
    state: State,
    thread: number,
    operation: number,
    result: unknown,
    look: StateView,
  ): State | Violation {
    const { operations, vcpu } = spec.actors[thread];
    const { do: does } = operations[operation];
    const { taken, count } = state.threads[thread];
    if (does === 'reset' && result !== count)
      return violationOfRule(F6_RESET, `it returned ${result}, and took ${count}`);
    if (vcpu !== undefined && look.read(rings[vcpu].dirty_index) !== indexOf(state.rings[vcpu].pushed))
      return violationOfRule(
        F2,
        `after ${state.rings[vcpu].pushed} pushes dirty_index is ${look.read(rings[vcpu].dirty_index)}`,
      );
    if (HARVESTS.includes(does) && hasRoom && honest.size === rings.length) {
      const wrong = differing(result as readonly Gfn[], taken);
      if (wrong !== undefined) return violationOfRule(F6_HARVEST, wrong);
    }
    return state.threads[thread] === IDLE ? state : { ...state, threads: withElement(state.threads, thread, IDLE) };
  }

  return {
    name: 'flag rules',
    sees: (place) => roles[place.id] !== undefined,
    init: () => ({ rings: rings.map(({ size }) => emptyDirtyRing(size)), threads: spec.actors.map(() => IDLE) }),
    step,
    returned,
    key: (state) =>
      `${state.rings.map((ring) => memoizedBy(ring, keyOfRing)).join('')}${state.threads.map((doing) => memoizedBy(doing, keyOfDoing)).join('')}`,
  };
}

function update(state: State, thread: number, change: Partial<Doing>): State {
  return { ...state, threads: withElement(state.threads, thread, { ...state.threads[thread], ...change }) };
}

const withRing = (state: State, r: number, ring: DirtyRingState): State => ({
  ...state,
  rings: withElement(state.rings, r, ring),
});

const keyOfRing = ({ entries, pushed, harvested, reset }: DirtyRingState): string =>
  `${entries.map(({ flags, slot, offset }) => `${flags}:${slot}:${offset}`)}|${pushed},${harvested},${reset};`;
const keyOfDoing = ({ taken, count, last, flags, words, since, interrupted }: Doing): string =>
  `${taken.map(text)}|${count}|${last}|${flags.length}:${flags}|${words}|${since}|${interrupted};`;
