import type { Monitor, Properties, StateView, StepEvent } from '../../../check/property.ts';
import type { Violation } from '../../../explore/execution/violation.ts';
import { ARMED, type Page } from '../../../guest/guest.ts';
import { isWrite, Kind } from '../../../memory/memory.ts';
import {
  announce,
  emptyList,
  fetch,
  fetchable,
  gfnListPush,
  gfnListReset,
  gfnListResettable,
  isGfnListFull,
  type ListEntry,
  type ListState,
} from '../../../models/gfnList.ts';
import {
  arraysEqual,
  differing,
  formatCall,
  memoizedBy,
  pushesOf,
  rolesBy,
  text,
  violationOfRule,
  withElement,
} from '../../../vm/properties/monitorHelpers.ts';
import { isThere } from '../../../vm/properties/unrecordedPages.ts';
import { type ActorSpec, hostileRings, PAUSES, type VmSpec } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { GfnLists } from '../gfnList.ts';

interface State {
  readonly list: ListState;
  readonly threads: readonly Doing[];
}

/** What a thread is in the middle of: since its operation began, or, from `looked` on, since it took slots_lock. */
interface Doing {
  readonly taken: readonly ListEntry[];
  /** What userspace's index was when reset read it; words of entries that it has read. */
  readonly looked: number | undefined;
  readonly words: readonly string[];
  /** Pages that were re-armed, as `slot:offset`; whether indices went back to zero. */
  readonly armed: readonly string[];
  readonly zeroed: boolean;
}

const IDLE: Doing = { taken: [], looked: undefined, words: [], armed: [], zeroed: false };
const NOTHING_RESET: Partial<Doing> = { looked: undefined, words: [], armed: [], zeroed: false };
const EINVAL = -22;

type Index = 'dirty_index' | 'avail_index' | 'fetch_index';
type Role =
  | { readonly is: Index | 'list_lock' | 'slots_lock' }
  | { readonly is: 'entry'; readonly entry: number }
  | { readonly is: 'armed'; readonly page: Page };

const A1 = 'A1 fetch <= avail <= dirty <= size';
const A2 = 'A2 KVM_GET_DIRTY_COUNT alone moves avail, to dirty';
const A2_LOCK = 'A2 KVM_GET_DIRTY_COUNT reads dirty and moves avail under list_lock';
const A3 = 'A3 an entry that dirty covers is whole, and stays as it is until the reset';
const A4_PAGES = 'A4 reset re-arms exactly what was fetched';
const A4_ZERO = 'A4 after a reset all indices are zero';
const A4_RESULT = 'A4 reset says how many entries it re-armed';
const A4_LOCK = 'A4 indices go back to zero under list_lock';
const A4_ONCE = 'A4 reset reads what userspace can write once';
const A4_RANGE = 'A4 a fetch beyond the list changes nothing';
const A5_FULL = 'A5 a full list takes no entry';
const A5_LOCK = 'A5 push writes entry and index under list_lock';
const A5_RECORDED = 'A5 no page becomes writable unrecorded';
const A6 = 'A6 push writes where the count of the kernel itself says';

/**
 * A1 to A6 of Cao's list, each effect held against the sequential model at the step where it happens. Of a list that hostile userspace
 * writes to, or that several threads drain at once, which it is not made for, only what the kernel does of its own accord is asked. That a reset
 * drops what was not fetched shows in the pages that are lost.
 */
export function gfnListMonitor({ spec, vm, tracker, layout }: TrackedVm<GfnLists>): Monitor<State> {
  const { list: words } = tracker;
  const honest = isHonest(spec);
  const { slots_lock } = vm.kvm;
  const indices = [words.dirty_index, words.avail_index, words.fetch_index];
  const roles = rolesBy<Role>(layout, [
    [words.dirty_index, { is: 'dirty_index' }],
    [words.avail_index, { is: 'avail_index' }],
    [words.fetch_index, { is: 'fetch_index' }],
    [words.list_lock, { is: 'list_lock' }],
    [slots_lock, { is: 'slots_lock' }],
    ...words.entries.flatMap(({ slot, offset }, entry) =>
      [slot, offset].map((cell) => [cell, { is: 'entry', entry }] as const),
    ),
    ...vm.guest.pages.map((page) => [page.armed, { is: 'armed', page }] as const),
  ]);
  const isPage = (entry: ListEntry, look: StateView): boolean => {
    const page = vm.guest.slots.get(entry.slot)?.[Number(entry.offset)];
    return page !== undefined && isThere(vm, page, look.read);
  };

  function step(state: State, event: StepEvent, look: StateView): State | Violation {
    const role = roles[event.place.id];
    if (role === undefined || spec.actors[event.thread].role === 'hostile') return state;
    const resets = look.holder(slots_lock) === event.thread;
    const write = isWrite(event.kind);
    switch (role.is) {
      case 'dirty_index':
      case 'avail_index':
      case 'fetch_index':
        if (!write) return readsIndex(state, event, role.is, resets, look);
        if (resets) return zeroed(state, event, role.is, look);
        if (role.is === 'dirty_index') return pushed(state, event, look);
        return role.is === 'avail_index' ? announced(state, event, look) : fetched(state, event);
      case 'entry':
        if (write) return fills(state, event, role.entry, look);
        return resets ? readsWord(state, event) : state;
      case 'armed':
        if (!write) return state;
        return event.value === ARMED ? rearmed(state, event, role.page, resets) : opened(state, event, role.page);
      case 'list_lock':
        return event.kind === Kind.unlock && resets ? leavesList(state, event, look) : state;
      case 'slots_lock':
        return event.kind === Kind.lock ? update(state, event.thread, NOTHING_RESET) : state;
    }
  }

  function pushed(state: State, event: StepEvent, look: StateView): State | Violation {
    const { list } = state;
    const actor = spec.actors[event.thread];
    if (look.holder(words.list_lock) !== event.thread)
      return violationOfRule(A5_LOCK, `${event.place.name} is written without it`);
    if (isGfnListFull(list))
      return violationOfRule(A5_FULL, `${actor.name} adds an entry, ${list.entries.length} are there`);
    const index = list.entries.length;
    if (event.value !== index + 1)
      return violationOfRule(A1, `dirty_index became ${event.value} after ${index} pushes`);
    const entry = { slot: look.read(words.entries[index].slot), offset: look.read64(words.entries[index].offset) };
    const pushes = pushesOf(actor.operations[event.operation]);
    if (honest && !pushes.some((other) => arraysEqual(other, entry)))
      return violationOfRule(
        A3,
        `it says ${text(entry)}, ${actor.name} pushes ${pushes.map(text).join(' or ') || 'nothing'}`,
      );
    return { ...state, list: gfnListPush(list, entry) };
  }

  function readsIndex(
    state: State,
    event: StepEvent,
    index: Index,
    resets: boolean,
    look: StateView,
  ): State | Violation {
    const { name, role } = spec.actors[event.thread];
    if (resets && index === 'fetch_index')
      return state.threads[event.thread].looked === undefined
        ? update(state, event.thread, { looked: event.value })
        : violationOfRule(A4_ONCE, `${event.place.name} is read twice`);
    if (index === 'dirty_index' && !pushes(role) && look.holder(words.list_lock) !== event.thread)
      return violationOfRule(A2_LOCK, `${name} reads ${event.place.name} without it`);
    return state;
  }

  function readsWord(state: State, event: StepEvent): State | Violation {
    const { words } = state.threads[event.thread];
    if (words.includes(event.place.name)) return violationOfRule(A4_ONCE, `${event.place.name} is read twice`);
    return update(state, event.thread, { words: [...words, event.place.name] });
  }

  function announced(state: State, event: StepEvent, look: StateView): State | Violation {
    const { name, role } = spec.actors[event.thread];
    if (look.holder(words.list_lock) !== event.thread)
      return violationOfRule(A2_LOCK, `${name} moves ${event.place.name} without it`);
    if (!honest) return state;
    if (pushes(role) || event.value !== state.list.entries.length)
      return violationOfRule(A2, `${name} makes it ${event.value}, ${state.list.entries.length} entries are there`);
    return { ...state, list: announce(state.list) };
  }

  function fetched(state: State, event: StepEvent): State | Violation {
    if (!honest) return state;
    const { list } = state;
    const entries = fetchable(list);
    const count = event.value - list.fetched;
    if (count < 0 || count > entries.length)
      return violationOfRule(
        A1,
        `fetch_index went from ${list.fetched} to ${event.value}, avail_index is ${list.available}`,
      );
    const does = spec.actors[event.thread].operations[event.operation].do;
    const taken = does === 'serve' ? [] : [...state.threads[event.thread].taken, ...entries.slice(0, count)];
    return update({ ...state, list: fetch(list, count) }, event.thread, { taken });
  }

  function fills(state: State, event: StepEvent, entry: number, look: StateView): State | Violation {
    const index = state.list.entries.length;
    if (look.holder(words.list_lock) !== event.thread)
      return violationOfRule(A5_LOCK, `${event.place.name} is written without it`);
    if (entry === index) return state;
    const message = `${spec.actors[event.thread].name} writes ${event.place.name}, ${index} entries are there`;
    return violationOfRule(honest && entry < index ? A3 : A6, message);
  }

  function zeroed(state: State, event: StepEvent, index: Index, look: StateView): State | Violation {
    const { looked, armed } = state.threads[event.thread];
    if (looked !== undefined && looked > words.size)
      return violationOfRule(A4_RANGE, `it is ${looked}, and ${index} is written`);
    if (look.holder(words.list_lock) !== event.thread)
      return violationOfRule(A4_LOCK, `${index} is written without it`);
    if (event.value !== 0) return violationOfRule(A4_ZERO, `${index} became ${event.value}`);
    if (index !== 'dirty_index') return update(state, event.thread, { zeroed: true });
    const due = gfnListResettable(state.list).filter((entry) => isPage(entry, look));
    const forgotten = honest ? due.map(text).filter((page) => !armed.includes(page)) : [];
    if (forgotten.length > 0) return violationOfRule(A4_PAGES, `not re-armed: ${forgotten.join(', ')}`);
    return update({ ...state, list: gfnListReset(state.list) }, event.thread, { zeroed: true });
  }

  function rearmed(state: State, event: StepEvent, page: Page, resets: boolean): State | Violation {
    const { name } = spec.actors[event.thread];
    const { looked, armed } = state.threads[event.thread];
    if (!resets) return violationOfRule(A4_PAGES, `${name} re-arms ${event.place.name} without slots_lock`);
    if (looked !== undefined && looked > words.size)
      return violationOfRule(A4_RANGE, `it is ${looked}, and ${event.place.name} is re-armed`);
    if (honest && !gfnListResettable(state.list).some((entry) => text(entry) === formatCall(page)))
      return violationOfRule(A4_PAGES, `${name} re-arms ${event.place.name}, which nobody has fetched`);
    return update(state, event.thread, { armed: [...armed, formatCall(page)] });
  }

  /** With a hardware log, pages are writable before they are recorded. */
  function opened(state: State, event: StepEvent, page: Page): State | Violation {
    const recorded = state.list.entries.some((entry) => text(entry) === formatCall(page));
    if (!honest || spec.pml !== undefined || spec.actors[event.thread].role !== 'vcpu' || recorded) return state;
    return violationOfRule(A5_RECORDED, `${spec.actors[event.thread].name} opens ${event.place.name}`);
  }

  function leavesList(state: State, event: StepEvent, look: StateView): State | Violation {
    const left = indices.filter((index) => look.read(index) !== 0);
    if (!honest || !state.threads[event.thread].zeroed || left.length === 0) return state;
    return violationOfRule(A4_ZERO, `${left.map(({ name }) => name).join(', ')} is not`);
  }

  function returned(state: State, thread: number, operation: number, result: unknown): State | Violation {
    const { do: does } = spec.actors[thread].operations[operation];
    const { taken, looked } = state.threads[thread];
    if (does === 'reset' && looked !== undefined && result !== (looked > words.size ? EINVAL : looked))
      return violationOfRule(A4_RESULT, `it returned ${result}, fetch_index was ${looked}`);
    if (honest && (does === 'collect' || does === 'copy-first')) {
      const wrong = differing(result as readonly ListEntry[], taken);
      if (wrong !== undefined) return violationOfRule(A3, wrong);
    }
    return state.threads[thread] === IDLE ? state : { ...state, threads: withElement(state.threads, thread, IDLE) };
  }

  return {
    name: 'list rules',
    sees: (place) => roles[place.id] !== undefined,
    init: () => ({ list: emptyList(words.size), threads: spec.actors.map(() => IDLE) }),
    step,
    returned,
    key: ({ list, threads }) =>
      `${memoizedBy(list, keyOfList)}${threads.map((doing) => memoizedBy(doing, keyOfDoing)).join('')}`,
  };
}

/** What is left of A1 when all have ended, whatever the order of the steps was. */
export function gfnListFinalRules(spec: VmSpec, { list }: GfnLists): Properties['finally'] {
  if (!isHonest(spec)) return {};
  return {
    [A1]: ({ read }: StateView) => {
      const [fetch, avail, dirty] = [list.fetch_index, list.avail_index, list.dirty_index].map(read);
      return (fetch <= avail && avail <= dirty && dirty <= list.size) || `they are ${fetch}, ${avail} and ${dirty}`;
    },
  };
}

/** Whether userspace keeps to the rules itself: what a list is drained by is one thread. */
export function isHonest(spec: VmSpec): boolean {
  const drains = spec.actors.filter(({ operations }) =>
    operations.some(({ do: does }) => DRAINS.includes(does) || PAUSES.includes(does)),
  );
  return hostileRings(spec).size === 0 && drains.length <= 1;
}

/** A vCPU looks at the list before it enters the guest, and needs no more than a guess. */
const pushes = (role: ActorSpec['role']): boolean => role === 'vcpu' || role === 'host';
const DRAINS = ['collect', 'serve', 'copy-first', 'set-slot', 'reset'] as readonly string[];

function update(state: State, thread: number, change: Partial<Doing>): State {
  return { ...state, threads: withElement(state.threads, thread, { ...state.threads[thread], ...change }) };
}

const keyOfList = ({ entries, available, fetched }: ListState): string =>
  `${entries.map(text)}|${available},${fetched};`;
const keyOfDoing = ({ taken, looked, words, armed, zeroed }: Doing): string =>
  `${taken.map(text)}|${looked}|${words}|${armed}|${zeroed};`;
