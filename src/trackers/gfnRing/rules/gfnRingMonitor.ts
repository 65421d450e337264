import type { Monitor, StateView, StepEvent } from '../../../check/property.ts';
import type { Violation } from '../../../explore/execution/violation.ts';
import { isWrite, Kind } from '../../../memory/memory.ts';
import {
  available,
  BUSY,
  emptyRing,
  GFN_RING_INVALID,
  type GfnEntry,
  gfnRingHarvest,
  gfnRingHarvestable,
  gfnRingReset,
  gfnRingResettable,
  publish,
  pushResult,
  type RingState,
  used,
} from '../../../models/ring.ts';
import { arraysEqual, memoizedBy, pushesOf, text } from '../../../vm/properties/monitorHelpers.ts';
import { type ActorSpec, hostileRings, type OperationSpec } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { GfnRings } from '../gfnRings.ts';
import { type Role, rolesOfPlaces } from './gfnRingPlaces.ts';

/** The models of all rings, and what each thread is in the middle of. */
interface State {
  readonly rings: readonly RingState[];
  readonly threads: readonly Doing[];
}

/** What a thread is in the middle of: since its operation began, or, for `looked` to `unflushed`, since it took slots_lock. */
interface Doing {
  /** What a push must return, by the last look at the kernel's fetch index. */
  readonly room: number | undefined;
  readonly pushed: number;
  readonly taken: readonly GfnEntry[];
  /** By ring: the one look at cons, and how many entries the reset must process by it and by the private prod. */
  readonly cons: Readonly<Record<number, number>>;
  readonly looked: Readonly<Record<number, number>>;
  readonly processed: Readonly<Record<number, number>>;
  /** Words of entries that the reset has read. */
  readonly words: readonly number[];
  /** Pages that were re-armed; that must be; that were, and may still be cached somewhere. As `slot:offset`. */
  readonly armed: readonly string[];
  readonly due: readonly string[];
  readonly unflushed: readonly string[];
}

const IDLE: Doing = {
  room: undefined,
  pushed: 0,
  taken: [],
  cons: {},
  looked: {},
  processed: {},
  words: [],
  armed: [],
  due: [],
  unflushed: [],
};
const MODULUS = 0x10000;

/**
 * R1 to R9, R11 and R12 of the ring: each effect is held against the sequential model at the step where it happens. Rings that hostile
 * userspace writes to are held to what the kernel must keep whatever it finds there.
 */
export function gfnRingMonitor({ spec, vm, tracker, layout }: TrackedVm<GfnRings>): Monitor<State> {
  const { rings } = tracker;
  const roles = rolesOfPlaces(layout, vm, rings);
  const hostile = hostileRings(spec);
  /** The last ring is the host's, where it writes. */
  const owns = ({ role, vcpu }: ActorSpec, ring: number): boolean =>
    role === 'host' ? ring === rings.length - 1 : vcpu === ring;
  const isPage = (entry: GfnEntry): boolean => {
    const pages = vm.guest.slots.get(entry.slot);
    return pages !== undefined && entry.offset < BigInt(pages.length);
  };

  function step(state: State, event: StepEvent, look: StateView): State | Violation {
    const role = roles[event.place.id];
    const actor = spec.actors[event.thread];
    if (actor.role === 'hostile') return state;
    const write = isWrite(event.kind);
    const resets = look.holder(vm.kvm.slots_lock) === event.thread;
    if (resets && look.holder(vm.kvm.mmu_lock) === event.thread && role.is !== 'armed' && role.is !== 'mmu_lock') {
      return {
        property: 'R12 mmu_lock is held only around the re-arm call',
        message: `${actor.name} holds it while it accesses ${event.place.name}`,
      };
    }
    switch (role.is) {
      case 'prod_index':
        if (write && !owns(actor, role.ring)) {
          return {
            property: 'R1 only its vCPU moves the private prod',
            message: `${actor.name} writes ${event.place.name}`,
          };
        }
        return resets && !write ? looksAtProd(state, event, role.ring) : state;
      case 'prod':
        return write ? published(state, event, role.ring, look) : state;
      case 'cons_index':
        return write ? moved(state, event, role.ring, resets) : looksForRoom(state, event, role.ring);
      case 'cons':
        if (write) return hostile.has(role.ring) ? state : harvested(state, event, role.ring);
        return resets ? looksAtCons(state, event, role.ring) : state;
      case 'pad':
        return write
          ? { property: 'R8 entry 0 has no pad but the indices', message: `${actor.name} writes ${event.place.name}` }
          : state;
      case 'entry':
        if (write) return overwrites(state, event, role);
        return resets ? readsWord(state, event, role.ring) : state;
      case 'armed':
        return write && event.value === 1 ? rearmed(state, event, role, resets, look) : state;
      case 'translations':
        // fetchAnd: a page walk drops what it has cached itself.
        return write && event.kind !== Kind.fetchAnd && event.value === 0 ? flushed(state, event, role, resets) : state;
      case 'slots_lock':
        return event.kind === Kind.lock ? update(state, event.thread, NOTHING_RESET) : leavesSlotsLock(state, event);
      default:
        return state;
    }
  }

  function looksForRoom(state: State, event: StepEvent, ring: number): State {
    return owns(spec.actors[event.thread], ring)
      ? update(state, event.thread, { room: pushResult(state.rings[ring]) })
      : state;
  }

  function published(state: State, event: StepEvent, r: number, look: StateView): State | Violation {
    const ring = state.rings[r];
    const doing = state.threads[event.thread];
    const actor = spec.actors[event.thread];
    if (!owns(actor, r))
      return {
        property: 'R1 only its vCPU moves the shared prod',
        message: `${actor.name} writes ${event.place.name}`,
      };
    if (used(ring) >= ring.size || doing.room === undefined || doing.room === BUSY) {
      return {
        property: 'R6 a full ring takes no entry',
        message: `${actor.name} publishes an entry, ${used(ring)} of ${ring.size} are in use`,
      };
    }
    const expected = (spec.index + ring.published + 1) % MODULUS;
    if (event.value !== expected) {
      return {
        property: 'R3 the shared prod follows each push by one',
        message: `${event.place.name} became ${event.value}, expected ${expected}`,
      };
    }
    const words = rings[r].entries[((expected + MODULUS - 1) % MODULUS) % ring.size];
    const entry = { slot: look.read(words.slot), offset: look.read64(words.offset) };
    const pushes = pushesOf(actor.operations[event.operation]);
    if (!hostile.has(r) && !pushes.some((push) => arraysEqual(push, entry))) {
      return {
        property: 'R3 no index is published before its entry',
        message: `the entry says ${text(entry)}, ${actor.name} pushes ${pushes.map(text).join(' or ')}`,
      };
    }
    return update(withRing(state, r, publish(ring, entry)), event.thread, { pushed: doing.pushed + 1 });
  }

  function harvested(state: State, event: StepEvent, r: number): State | Violation {
    const ring = state.rings[r];
    const count = distance(event.value, spec.index + ring.harvested);
    if (count > available(ring)) {
      return {
        property: 'R2 kernel cons <= user cons <= prod',
        message: `${event.place.name} became ${event.value}, ${available(ring)} entries were there`,
      };
    }
    const does = spec.actors[event.thread].operations[event.operation].do;
    const taken = does === 'serve' ? [] : [...state.threads[event.thread].taken, ...gfnRingHarvestable(ring, count)];
    return update(withRing(state, r, gfnRingHarvest(ring, count)), event.thread, { taken });
  }

  function looksAtCons(state: State, event: StepEvent, r: number): State | Violation {
    const { cons, looked } = state.threads[event.thread];
    if (r in cons)
      return { property: 'C4 cons is read once', message: `${event.place.name} is read twice in one reset` };
    return update(state, event.thread, {
      cons: { ...cons, [r]: event.value },
      looked: { ...looked, [r]: gfnRingResettable(state.rings[r], event.value, spec.index, MODULUS) },
    });
  }

  function readsWord(state: State, event: StepEvent, r: number): State | Violation {
    const { looked, words } = state.threads[event.thread];
    const { id, name } = event.place;
    if (looked[r] === GFN_RING_INVALID) {
      return {
        property: 'R9 a cons out of range changes nothing',
        message: `${spec.actors[event.thread].name} walks on to ${name}`,
      };
    }
    if (words.includes(id))
      return { property: 'C4 an entry is read once', message: `${name} is read twice in one reset` };
    return update(state, event.thread, { words: [...words, id] });
  }

  /** A hostile cons that was ahead when it was read may be in range by the time the private prod is: that is the moment that counts. */
  function looksAtProd(state: State, event: StepEvent, r: number): State {
    const { cons, looked } = state.threads[event.thread];
    if (!(r in cons)) return state;
    const published = state.rings[r].reset + distance(event.value, spec.index + state.rings[r].reset);
    return update(state, event.thread, {
      looked: { ...looked, [r]: gfnRingResettable({ ...state.rings[r], published }, cons[r], spec.index, MODULUS) },
    });
  }

  function moved(state: State, event: StepEvent, r: number, resets: boolean): State | Violation {
    const actor = spec.actors[event.thread];
    if (!resets)
      return {
        property: 'R1 the private cons moves under slots_lock',
        message: `${actor.name} writes ${event.place.name} without it`,
      };
    const doing = state.threads[event.thread];
    const ring = state.rings[r];
    const looked = doing.looked[r];
    if (looked === GFN_RING_INVALID)
      return {
        property: 'R9 a cons out of range changes nothing',
        message: `${actor.name} moves ${event.place.name} to ${event.value}`,
      };
    const processed = doing.processed[r] ?? 0;
    const count = distance(event.value, spec.index + ring.reset);
    if (looked === undefined || count > looked - processed) {
      return {
        property: 'R7 reset processes exactly what was harvested',
        message: `${event.place.name} became ${event.value}, at most ${looked ?? 0} entries were due`,
      };
    }
    const due = hostile.has(r) ? [] : ring.entries.slice(0, count).filter(isPage).map(text);
    return update(withRing(state, r, gfnRingReset(ring, count)), event.thread, {
      due: [...doing.due, ...due],
      processed: { ...doing.processed, [r]: processed + count },
    });
  }

  function overwrites(state: State, event: StepEvent, role: RoleOf<'entry'>): State | Violation {
    const ring = state.rings[role.ring];
    for (let i = ring.reset; i < ring.published; i++) {
      if ((spec.index + i) % ring.size !== role.entry) continue;
      if (i === ring.published - 1 && state.threads[event.thread].pushed > 0) {
        return {
          property: 'R3 no index is published before its entry',
          message: `${spec.actors[event.thread].name} writes ${event.place.name} after it was announced`,
        };
      }
      return {
        property: 'R5 no entry is overwritten before it was reset',
        message: `${spec.actors[event.thread].name} writes ${event.place.name}, which holds entry number ${i + 1}`,
      };
    }
    return state;
  }

  function rearmed(
    state: State,
    event: StepEvent,
    { page }: RoleOf<'armed'>,
    resets: boolean,
    look: StateView,
  ): State | Violation {
    const actor = spec.actors[event.thread].name;
    if (!resets)
      return {
        property: 'R12 slots_lock is held during a reset',
        message: `${actor} re-arms ${event.place.name} without it`,
      };
    if (look.holder(vm.kvm.mmu_lock) !== event.thread) {
      return {
        property: 'R12 mmu_lock is held around the re-arm call',
        message: `${actor} re-arms ${event.place.name} without it`,
      };
    }
    const doing = state.threads[event.thread];
    const gfn = text({ slot: page.slot, offset: BigInt(page.offset) });
    const named = Object.entries(doing.looked).some(
      ([r, count]) =>
        count > 0 &&
        (hostile.has(Number(r)) || state.rings[Number(r)].entries.slice(0, count).some((entry) => text(entry) === gfn)),
    );
    if (!named && !doing.due.includes(gfn)) {
      return {
        property: 'R7 reset processes exactly what was harvested',
        message: `${actor} re-arms ${event.place.name}, which nobody harvested`,
      };
    }
    return update(state, event.thread, { armed: [...doing.armed, gfn], unflushed: [...doing.unflushed, gfn] });
  }

  function flushed(
    state: State,
    event: StepEvent,
    { page }: RoleOf<'translations'>,
    resets: boolean,
  ): State | Violation {
    if (!resets) {
      return {
        property: 'R12 slots_lock spans reset and flush',
        message: `${spec.actors[event.thread].name} flushes ${event.place.name} without it`,
      };
    }
    const gfn = text({ slot: page.slot, offset: BigInt(page.offset) });
    const { unflushed } = state.threads[event.thread];
    return unflushed.includes(gfn)
      ? update(state, event.thread, { unflushed: unflushed.filter((other) => other !== gfn) })
      : state;
  }

  function leavesSlotsLock(state: State, { thread, operation }: StepEvent): State | Violation {
    const { cons, looked, processed, due, armed, unflushed } = state.threads[thread];
    const left = spec.rings.findIndex((_, r) => !(r in cons));
    if (left >= 0 && spec.actors[thread].operations[operation].do !== 'reset-ring') {
      return {
        property: 'R9 a hostile ring keeps no other from being served',
        message: `ring${left} was not looked at`,
      };
    }
    for (const [r, count] of Object.entries(looked)) {
      if (count > 0 && processed[Number(r)] !== count) {
        return {
          property: 'R7 reset processes exactly what was harvested',
          message: `ring${r}: ${processed[Number(r)] ?? 0} of ${count} entries were processed`,
        };
      }
      if (count === GFN_RING_INVALID && !hostile.has(Number(r))) {
        return {
          property: 'R7 reset processes exactly what was harvested',
          message: `ring${r}: an honest cons was out of range`,
        };
      }
    }
    const forgotten = due.filter((gfn) => !armed.includes(gfn));
    if (forgotten.length > 0)
      return { property: 'R7 every page that was reset is re-armed', message: `not re-armed: ${forgotten.join(', ')}` };
    if (unflushed.length > 0) {
      return {
        property: 'R12 slots_lock spans reset and flush',
        message: `given back before the translations of ${unflushed.join(', ')} were flushed`,
      };
    }
    return due.length === 0 ? state : update(state, thread, { due: [], armed: [] });
  }

  function returned(
    state: State,
    thread: number,
    operation: number,
    result: unknown,
    look: StateView,
  ): State | Violation {
    const op = spec.actors[thread].operations[operation];
    const violation = wrongResult(state, thread, op, result, look);
    return violation ?? (state.threads[thread] === IDLE ? state : update(state, thread, IDLE));
  }

  function wrongResult(
    state: State,
    thread: number,
    op: OperationSpec,
    result: unknown,
    look: StateView,
  ): Violation | undefined {
    const { room, pushed, taken, looked, processed } = state.threads[thread];
    const total = Object.values(processed).reduce((sum, count) => sum + count, 0);
    const differs = (property: string, expected: unknown): Violation | undefined =>
      result === expected ? undefined : { property, message: `${op.do} returned ${result}, expected ${expected}` };
    const vcpu = spec.actors[thread].vcpu;
    if (
      vcpu !== undefined &&
      look.read(rings[vcpu].prod_index) !== (spec.index + state.rings[vcpu].published) % MODULUS
    ) {
      return {
        property: 'R3 the private prod follows each push by one',
        message: `after ${op.do} it is ${look.read(rings[vcpu].prod_index)}`,
      };
    }
    switch (op.do) {
      case 'push':
        if (pushed !== (room === BUSY ? 0 : 1))
          return { property: 'R6 push adds one entry, or none and says so', message: `it added ${pushed}` };
        return differs('R6 push returns the entries in use, or -EBUSY', room);
      case 'reset':
        // The mail's own function says only whether there was any.
        if (spec.kernel?.returns === 'bool' && (result as number) > 0 === total > 0) return undefined;
        return differs(
          'R7 reset says what it processed',
          Object.values(looked).includes(GFN_RING_INVALID) ? GFN_RING_INVALID : total,
        );
      case 'reset-ring':
        return differs('R7 reset says what it processed', total > 0);
      case 'harvest':
      case 'collect': {
        if (op.do === 'collect' ? hostile.size > 0 : hostile.has(op.ring)) return undefined;
        const got = (result as readonly GfnEntry[]).map(text).join(' ');
        const expected = taken.map(text).join(' ');
        return got === expected
          ? undefined
          : {
              property: 'R4 entries are harvested in the order they were pushed',
              message: `got ${got || 'none'}, expected ${expected || 'none'}`,
            };
      }
      default:
        return undefined;
    }
  }

  return {
    name: 'ring rules',
    sees: (place) => roles[place.id].is !== 'other',
    init: () => ({ rings: spec.rings.map(({ size }) => emptyRing(size)), threads: spec.actors.map(() => IDLE) }),
    step,
    returned,
    key: keyOf,
  };
}

type RoleOf<Is extends Role['is']> = Extract<Role, { is: Is }>;

/** What a thread forgets when it takes slots_lock anew. */
const NOTHING_RESET: Partial<Doing> = {
  cons: {},
  looked: {},
  processed: {},
  words: [],
  armed: [],
  due: [],
  unflushed: [],
};

const distance = (to: number, from: number): number => (((to - from) % MODULUS) + MODULUS) % MODULUS;

function update(state: State, thread: number, change: Partial<Doing>): State {
  const threads = state.threads.slice();
  threads[thread] = { ...threads[thread], ...change };
  return { rings: state.rings, threads };
}

function withRing(state: State, r: number, ring: RingState): State {
  const rings = state.rings.slice();
  rings[r] = ring;
  return { rings, threads: state.threads };
}

/** A step changes one ring or one thread. */
function keyOf({ rings, threads }: State): string {
  let key = '';
  for (const ring of rings) key += memoizedBy(ring, keyOfRing);
  for (const thread of threads) key += thread === IDLE ? ';' : memoizedBy(thread, keyOfDoing);
  return key;
}

const keyOfRing = ({ published, harvested, reset, entries }: RingState): string =>
  `${published},${harvested},${reset},${entries.map(text)};`;

const keyOfDoing = ({ room, pushed, taken, cons, looked, processed, words, armed, due, unflushed }: Doing): string =>
  `${room},${pushed}|${taken.map(text)}|${JSON.stringify(cons)}${JSON.stringify(looked)}${JSON.stringify(processed)}|${words}|${armed}|${due}|${unflushed};`;
