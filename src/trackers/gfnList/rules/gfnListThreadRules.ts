import type { StepEvent, ThreadMonitor } from '../../../check/property.ts';
import type { Violation } from '../../../explore/execution/violation.ts';
import { ARMED } from '../../../guest/guest.ts';
import { EINVAL } from '../../../kvm/errors.ts';
import type { Lock } from '../../../memory/cell.ts';
import { isWrite, Kind } from '../../../memory/kinds.ts';
import { formatPage, gfnsRecordedBy, memoizedBy, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import { performs } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { GfnLists } from '../gfnList.ts';
import { type GfnListRole, rolesOfList } from './gfnListPlaces.ts';
import { GFN_LIST_RULE, type GfnListContext, isHonest, type ListIndex, mayPush } from './gfnListState.ts';

/** What a thread knows by itself, since its operation began. */
interface OwnSteps {
  /** dirty_index and fetch_index, as it last read or stored them; -1: neither. */
  readonly dirty: number;
  readonly fetch: number;
  /** By place id: the words of entries that it wrote, and those that a reset read. */
  readonly written: Readonly<Record<number, number>>;
  readonly words: Readonly<Record<number, number>>;
  /** Pages that it re-armed, as `slot:offset`. Indices that it set to zero. */
  readonly armed: readonly string[];
  readonly zeroed: readonly ListIndex[];
}

const IDLE: OwnSteps = { dirty: -1, fetch: -1, written: {}, words: {}, armed: [], zeroed: [] };

type Next = OwnSteps | Violation;
type Holds = (lock: Lock) => boolean;

/** A1 to A6 of Cao's list, as far as one thread's own steps show them: see `gfnListMonitor`. */
export function gfnListThreadRules({ spec, vm, tracker, layout }: TrackedVm<GfnLists>): ThreadMonitor<OwnSteps> {
  const { list } = tracker;
  const context: GfnListContext = { spec, vm, list, honest: isHonest(spec) };
  const roles = rolesOfList(layout, context);
  return {
    name: 'list rules of each thread',
    init: () => IDLE,
    step(state, event, holds) {
      const role = roles[event.place.id];
      const isHostile = spec.actors[event.thread].role === 'hostile';
      return role === undefined || isHostile ? state : takes(context, state, event, holds, role);
    },
    returned(state, thread, operation, result) {
      const { do: does } = spec.actors[thread].operations[operation];
      const { fetch, zeroed } = state;
      const resets = does === 'reset' && (zeroed.length > 0 || fetch > list.size);
      const expected = fetch > list.size ? -EINVAL : fetch;
      return resets && result !== expected
        ? violationOfRule(GFN_LIST_RULE.A4_RESULT, `it returned ${result}, fetch_index was ${fetch}`)
        : IDLE;
    },
    key: (state) => memoizedBy(state, JSON.stringify),
  };
}

function takes(context: GfnListContext, state: OwnSteps, event: StepEvent, holds: Holds, role: GfnListRole): Next {
  const { spec, vm, list, honest } = context;
  const { name, role: actorRole } = spec.actors[event.thread];
  const { place, value } = event;
  const writes = isWrite(event.kind);
  const resets = holds(vm.kvm.slots_lock);
  const locked = holds(list.list_lock);
  const violates = (rule: string, what: string): Violation => violationOfRule(rule, `${name} ${what}`);
  switch (role.is) {
    case 'dirty_index':
      if (writes)
        return resets ? zeroes(context, state, event, locked, role.is) : pushes(context, state, event, locked);
      return mayPush(actorRole) || locked
        ? { ...state, dirty: value }
        : violates(GFN_LIST_RULE.A2_LOCK, `reads ${place.name} without it`);
    case 'avail_index':
      if (!writes) return state;
      if (resets) return zeroes(context, state, event, locked, role.is);
      if (!locked) return violates(GFN_LIST_RULE.A2_LOCK, `moves ${place.name} without it`);
      return honest && (mayPush(actorRole) || value !== state.dirty)
        ? violates(GFN_LIST_RULE.A2_COUNT, `makes it ${value}, it has seen ${state.dirty} entries`)
        : state;
    case 'fetch_index':
      if (writes && resets) return zeroes(context, state, event, locked, role.is);
      if (writes && honest && (value > state.dirty || value > list.size))
        return violates(GFN_LIST_RULE.A1_ORDER, `makes ${place.name} ${value}, it has seen ${state.dirty} entries`);
      if (resets && state.fetch >= 0) return violates(GFN_LIST_RULE.A4_ONCE, `reads ${place.name} twice`);
      return { ...state, fetch: value };
    case 'entry':
      return writes
        ? writesEntry(context, state, event, locked, role.entry)
        : readsEntry(context, state, event, resets);
    case 'armed':
      return writes && value === ARMED ? rearms(context, state, event, resets, formatPage(role.page)) : state;
    case 'list_lock':
      return event.kind === Kind.unlock && resets && honest && state.zeroed.length % 3 !== 0
        ? violates(GFN_LIST_RULE.A4_ZERO, `sets ${state.zeroed.join(', ')} alone to zero`)
        : state;
    case 'slots_lock':
      return event.kind === Kind.lock ? IDLE : state;
  }
}

/** A push stores dirty_index: there was room, and the entry is written. */
function pushes({ spec, list, honest }: GfnListContext, state: OwnSteps, event: StepEvent, locked: boolean): Next {
  const { name, operations } = spec.actors[event.thread];
  const { dirty, written } = state;
  if (!locked) return violationOfRule(GFN_LIST_RULE.A5_LOCK, `${event.place.name} is written without it`);
  if (dirty === list.size) return violationOfRule(GFN_LIST_RULE.A5_FULL, `${name} adds an entry, ${dirty} are there`);
  if (event.value !== dirty + 1)
    return violationOfRule(GFN_LIST_RULE.A1_ORDER, `dirty_index became ${event.value} after ${dirty} pushes`);
  const entry = list.entries[dirty];
  const isPushed = gfnsRecordedBy(operations[event.operation]).some(
    ({ slot, offset }) => written[entry?.slot.id] === slot && BigInt(written[entry?.offset.id] ?? -1) === offset,
  );
  return isPushed || !honest
    ? { ...state, dirty: event.value, written: {} }
    : violationOfRule(GFN_LIST_RULE.A3_STABLE, `${name} has not written entry ${dirty}`);
}

function writesEntry(
  { spec, honest }: GfnListContext,
  state: OwnSteps,
  { thread, place, value }: StepEvent,
  locked: boolean,
  entry: number,
): Next {
  if (!locked) return violationOfRule(GFN_LIST_RULE.A5_LOCK, `${place.name} is written without it`);
  if (entry === state.dirty) return { ...state, written: { ...state.written, [place.id]: value } };
  const rule = honest && entry < state.dirty ? GFN_LIST_RULE.A3_STABLE : GFN_LIST_RULE.A6_INDEX;
  return violationOfRule(rule, `${spec.actors[thread].name} writes ${place.name}, ${state.dirty} entries are there`);
}

function readsEntry(_: GfnListContext, state: OwnSteps, { place, value }: StepEvent, resets: boolean): Next {
  if (!resets) return state;
  return place.id in state.words
    ? violationOfRule(GFN_LIST_RULE.A4_ONCE, `${place.name} is read twice`)
    : { ...state, words: { ...state.words, [place.id]: value } };
}

/** The pages of the entries that a reset has read. */
const pagesRead = ({ list }: GfnListContext, { words }: OwnSteps): string[] =>
  list.entries.flatMap(({ slot, offset }) =>
    slot.id in words && offset.id in words ? [`${words[slot.id]}:${words[offset.id]}`] : [],
  );

function rearms(
  context: GfnListContext,
  state: OwnSteps,
  { thread, place }: StepEvent,
  resets: boolean,
  page: string,
): Next {
  const { name } = context.spec.actors[thread];
  const without = resets ? undefined : 'without slots_lock';
  const unread = pagesRead(context, state).includes(page) ? undefined : 'which no entry says that it has read';
  const wrong = without ?? unread;
  if (wrong !== undefined) return violationOfRule(GFN_LIST_RULE.A4_PAGES, `${name} re-arms ${place.name} ${wrong}`);
  return state.fetch > context.list.size
    ? violationOfRule(GFN_LIST_RULE.A4_RANGE, `it is ${state.fetch}, and ${place.name} is re-armed`)
    : { ...state, armed: [...state.armed, page] };
}

/** A reset stores an index. With dirty_index, what it has read is re-armed. */
function zeroes(context: GfnListContext, state: OwnSteps, event: StepEvent, locked: boolean, index: ListIndex): Next {
  const { spec, vm, list, honest } = context;
  if (state.fetch > list.size)
    return violationOfRule(GFN_LIST_RULE.A4_RANGE, `it is ${state.fetch}, and ${index} is written`);
  if (!locked) return violationOfRule(GFN_LIST_RULE.A4_LOCK, `${index} is written without it`);
  if (event.value !== 0) return violationOfRule(GFN_LIST_RULE.A4_ZERO, `${index} became ${event.value}`);
  const pages = new Set(performs(spec, 'set-slot') ? [] : vm.guest.pages.map(formatPage));
  const read = pagesRead(context, state);
  const forgotten = read.filter((page) => pages.has(page) && !state.armed.includes(page));
  if (forgotten.length > 0) return violationOfRule(GFN_LIST_RULE.A4_PAGES, `not re-armed: ${forgotten.join(', ')}`);
  if (honest && read.length !== state.fetch)
    return violationOfRule(GFN_LIST_RULE.A4_PAGES, `${read.length} of ${state.fetch} entries were read`);
  return { ...state, zeroed: [...state.zeroed, index] };
}
