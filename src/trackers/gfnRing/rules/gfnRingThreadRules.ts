import type { StepEvent, ThreadMonitor } from '../../../check/property.ts';
import type { Violation } from '../../../explore/execution/violation.ts';
import { ARMED, type Page } from '../../../guest/guest.ts';
import type { Lock } from '../../../memory/cell.ts';
import { isWrite, Kind } from '../../../memory/kinds.ts';
import { BUSY, GFN_RING_INVALID } from '../../../models/ring.ts';
import { formatPage, gfnsRecordedBy, memoizedBy, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import { hostileRings, type OperationSpec } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { GfnRings } from '../gfnRings.ts';
import { type GfnRingRole, rolesOfPlaces } from './gfnRingPlaces.ts';
import { distance, GFN_RING_RULE, type GfnRingContext, MODULUS, ownsRing } from './gfnRingState.ts';

/** By ring. */
type ByRing = Readonly<Record<number, number>>;

/** What a thread knows by itself. */
interface OwnSteps {
  /** By ring: the private and the shared prod, as it last read or stored them. */
  readonly prod: ByRing;
  readonly shared: ByRing;
  /** In this operation: by ring, what the last private cons that it read leaves in use. */
  readonly used: ByRing;
  /** In this operation: by place id, what it wrote to entries; how many it has published. */
  readonly written: ByRing;
  readonly pushed: number;
  /** Since it took slots_lock; by ring: both cons, the private prod, and what is due and done. */
  readonly cons: ByRing;
  readonly first: ByRing;
  readonly limit: ByRing;
  readonly due: ByRing;
  readonly processed: ByRing;
  /** By place id: the words of entries that it read. Pages that it re-armed, as `slot:offset`. */
  readonly words: ByRing;
  readonly armed: readonly string[];
  readonly unflushed: readonly string[];
}

const NO_SECTION = {
  cons: {},
  first: {},
  limit: {},
  due: {},
  processed: {},
  words: {},
  armed: [],
  unflushed: [],
} as const;
const NO_OPERATION = { used: {}, written: {}, pushed: 0 } as const;

type Next = OwnSteps | Violation;
type Holds = (lock: Lock) => boolean;

/**
 * R1, R3 and R6 to R9, R12 and C4 of the ring, as far as one thread's own steps show them: which
 * indices it moves, and by how much; what it holds; what it has read and written before.
 */
export function gfnRingThreadRules(machine: TrackedVm<GfnRings>): ThreadMonitor<OwnSteps> {
  const { spec, vm, tracker, layout } = machine;
  const context: GfnRingContext = { spec, vm, rings: tracker.rings, hostile: hostileRings(spec) };
  const roles = rolesOfPlaces(layout, vm, tracker.rings);
  const start = Object.fromEntries(tracker.rings.map((_, r) => [r, spec.index]));
  return {
    name: 'ring rules of each thread',
    init: () => ({ prod: start, shared: start, ...NO_OPERATION, ...NO_SECTION }),
    step(state, event, holds) {
      const role = roles[event.place.id];
      const { role: actorRole } = spec.actors[event.thread];
      if (actorRole === 'hostile') return state;
      return (
        heldAcross(context, event, holds, role) ??
        (role === undefined ? state : takes(context, state, event, holds, role))
      );
    },
    returned: (state, thread, operation, result) =>
      wrongResult(context, state, spec.actors[thread].operations[operation], result) ?? {
        ...state,
        ...NO_OPERATION,
        ...NO_SECTION,
      },
    key: (state) => memoizedBy(state, JSON.stringify),
  };
}

/** mmu_lock is held around the re-arm call alone, in a reset. */
function heldAcross(
  { spec, vm }: GfnRingContext,
  { thread, place }: StepEvent,
  holds: Holds,
  role: GfnRingRole | undefined,
) {
  const { slots_lock, mmu_lock } = vm.kvm;
  if (!holds(slots_lock) || !holds(mmu_lock)) return undefined;
  return role?.is === 'armed' || role?.is === 'mmu_lock'
    ? undefined
    : violationOfRule(
        GFN_RING_RULE.R12_MMU_LOCK_ONLY,
        `${spec.actors[thread].name} holds it while it accesses ${place.name}`,
      );
}

function takes(context: GfnRingContext, state: OwnSteps, event: StepEvent, holds: Holds, role: GfnRingRole): Next {
  const { spec, vm } = context;
  const { name } = spec.actors[event.thread];
  const writes = isWrite(event.kind);
  const resets = holds(vm.kvm.slots_lock);
  const violates = (rule: string, what: string): Violation => violationOfRule(rule, `${name} ${what}`);
  switch (role.is) {
    case 'prod_index':
      if (!writes) return readsPrivateProd(event, state, role.ring, resets);
      if (!ownsRing(context, spec.actors[event.thread], role.ring))
        return violates(GFN_RING_RULE.R1_PRIVATE_PROD, `writes ${event.place.name}`);
      return event.value === next(state.prod[role.ring])
        ? { ...state, prod: { ...state.prod, [role.ring]: event.value } }
        : violates(
            GFN_RING_RULE.R3_PRIVATE_BY_ONE,
            `makes ${event.place.name} ${event.value}, after ${state.prod[role.ring]}`,
          );
    case 'prod':
      return writes ? publishes(context, state, event, role.ring) : state;
    case 'cons_index':
      return writes
        ? movesCons(context, state, event, role.ring, resets)
        : readsPrivateCons(context, state, event, role.ring, resets);
    case 'cons':
      if (writes || !resets) return state;
      if (role.ring in state.cons)
        return violates(GFN_RING_RULE.C4_CONS, `reads ${event.place.name} twice in one reset`);
      return withDue({ ...state, cons: { ...state.cons, [role.ring]: event.value } }, role.ring);
    case 'pad':
      return writes ? violates(GFN_RING_RULE.R8_PAD, `writes ${event.place.name}`) : state;
    case 'entry':
      if (writes) return { ...state, written: { ...state.written, [event.place.id]: event.value } };
      if (!resets) return state;
      if (state.due[role.ring] === GFN_RING_INVALID)
        return violates(GFN_RING_RULE.R9_UNCHANGED, `walks on to ${event.place.name}`);
      return event.place.id in state.words
        ? violates(GFN_RING_RULE.C4_ENTRY, `reads ${event.place.name} twice in one reset`)
        : { ...state, words: { ...state.words, [event.place.id]: event.value } };
    case 'armed':
      return writes && event.value === ARMED ? rearms(context, state, event, holds, role.page) : state;
    case 'translations':
      if (!writes || event.kind === Kind.fetchAnd || event.value !== 0) return state;
      if (!resets) return violates(GFN_RING_RULE.R12_FLUSH, `flushes ${event.place.name} without it`);
      return { ...state, unflushed: state.unflushed.filter((page) => page !== formatPage(role.page)) };
    case 'slots_lock':
      return event.kind === Kind.lock ? { ...state, ...NO_SECTION } : endsReset(context, state, event);
    default:
      return state;
  }
}

const next = (index: number): number => (index + 1) % MODULUS;

function readsPrivateProd({ value }: StepEvent, state: OwnSteps, ring: number, resets: boolean): OwnSteps {
  return resets
    ? withDue({ ...state, limit: { ...state.limit, [ring]: value } }, ring)
    : { ...state, prod: { ...state.prod, [ring]: value } };
}

/** A push reads the private cons: how many entries that leaves in use. A reset: where it begins. */
function readsPrivateCons(
  context: GfnRingContext,
  state: OwnSteps,
  event: StepEvent,
  ring: number,
  resets: boolean,
): OwnSteps {
  if (resets) return withDue({ ...state, first: { [ring]: event.value, ...state.first } }, ring);
  if (!ownsRing(context, context.spec.actors[event.thread], ring)) return state;
  return { ...state, used: { ...state.used, [ring]: distance(state.prod[ring], event.value) } };
}

/** What a reset must process: known once it has read both cons and the private prod. */
function withDue(state: OwnSteps, ring: number): OwnSteps {
  const { cons, first, limit } = state;
  if (!(ring in cons) || !(ring in first) || !(ring in limit)) return state;
  const count = distance(cons[ring], first[ring]);
  const due = count > distance(limit[ring], first[ring]) ? GFN_RING_INVALID : count;
  return { ...state, due: { ...state.due, [ring]: due } };
}

/** A push stores the shared prod: there was room, and the entry is written. */
function publishes(context: GfnRingContext, state: OwnSteps, event: StepEvent, r: number): Next {
  const { spec, rings } = context;
  const actor = spec.actors[event.thread];
  if (!ownsRing(context, actor, r))
    return violationOfRule(GFN_RING_RULE.R1_SHARED_PROD, `${actor.name} writes ${event.place.name}`);
  const used = state.used[r];
  if (used === undefined || used >= spec.rings[r].size)
    return violationOfRule(
      GFN_RING_RULE.R6_FULL,
      `${actor.name} publishes an entry, it has seen ${used ?? 'no'} in use`,
    );
  // Several hosts have one ring: a host does not know what the others have pushed.
  if (actor.vcpu === r && event.value !== next(state.shared[r]))
    return violationOfRule(
      GFN_RING_RULE.R3_SHARED_BY_ONE,
      `${event.place.name} became ${event.value}, expected ${next(state.shared[r])}`,
    );
  const { slot, offset } = rings[r].entries[((event.value + MODULUS - 1) % MODULUS) % spec.rings[r].size];
  const isPushed = gfnsRecordedBy(actor.operations[event.operation]).some(
    (gfn) => state.written[slot.id] === gfn.slot && BigInt(state.written[offset.id] ?? -1) === gfn.offset,
  );
  if (!isPushed)
    return violationOfRule(
      GFN_RING_RULE.R3_ENTRY_FIRST,
      `${actor.name} makes ${event.place.name} ${event.value} before`,
    );
  const { [slot.id]: _, [offset.id]: __, ...written } = state.written;
  return { ...state, written, shared: { ...state.shared, [r]: event.value }, pushed: state.pushed + 1 };
}

/** The private cons moves by no more than was due. */
function movesCons({ spec }: GfnRingContext, state: OwnSteps, event: StepEvent, r: number, resets: boolean): Next {
  const { name } = spec.actors[event.thread];
  if (!resets) return violationOfRule(GFN_RING_RULE.R1_PRIVATE_CONS, `${name} writes ${event.place.name} without it`);
  const due = state.due[r];
  if (due === GFN_RING_INVALID)
    return violationOfRule(GFN_RING_RULE.R9_UNCHANGED, `${name} moves ${event.place.name} to ${event.value}`);
  const processed = distance(event.value, state.first[r] ?? event.value);
  return due === undefined || processed > due
    ? violationOfRule(
        GFN_RING_RULE.R7_EXACTLY,
        `${event.place.name} became ${event.value}, at most ${due ?? 0} entries were due`,
      )
    : { ...state, processed: { ...state.processed, [r]: processed } };
}

/** The pages of the entries that a reset has read. */
function pagesRead({ rings }: GfnRingContext, { words }: OwnSteps): string[] {
  return rings.flatMap(({ entries }) =>
    entries.flatMap(({ slot, offset }) =>
      slot.id in words && offset.id in words ? [`${words[slot.id]}:${words[offset.id]}`] : [],
    ),
  );
}

function rearms(context: GfnRingContext, state: OwnSteps, event: StepEvent, holds: Holds, page: Page): Next {
  const { spec, vm } = context;
  const { name } = spec.actors[event.thread];
  if (!holds(vm.kvm.slots_lock))
    return violationOfRule(GFN_RING_RULE.R12_SLOTS_LOCK, `${name} re-arms ${event.place.name} without it`);
  if (!holds(vm.kvm.mmu_lock))
    return violationOfRule(GFN_RING_RULE.R12_MMU_LOCK, `${name} re-arms ${event.place.name} without it`);
  const gfn = formatPage(page);
  if (!pagesRead(context, state).includes(gfn))
    return violationOfRule(
      GFN_RING_RULE.R7_EXACTLY,
      `${name} re-arms ${event.place.name}, which no entry says that it has read`,
    );
  return { ...state, armed: [...state.armed, gfn], unflushed: [...state.unflushed, gfn] };
}

/** slots_lock is given back: the reset is complete. */
function endsReset(context: GfnRingContext, state: OwnSteps, { thread, operation }: StepEvent): Next {
  const { spec, vm, rings, hostile } = context;
  const { cons, due, processed, armed, unflushed } = state;
  const left = rings.findIndex((_, r) => !(r in cons));
  if (left >= 0 && spec.actors[thread].operations[operation].do !== 'reset-ring')
    return violationOfRule(GFN_RING_RULE.R9_OTHERS_SERVED, `ring${left} was not looked at`);
  for (const [r, count] of Object.entries(due)) {
    if (count > 0 && processed[Number(r)] !== count)
      return violationOfRule(
        GFN_RING_RULE.R7_EXACTLY,
        `ring${r}: ${processed[Number(r)] ?? 0} of ${count} entries were processed`,
      );
    if (count === GFN_RING_INVALID && !hostile.has(Number(r)))
      return violationOfRule(GFN_RING_RULE.R7_EXACTLY, `ring${r}: an honest cons was out of range`);
  }
  const pages = new Set(vm.guest.pages.map(formatPage));
  const forgotten = pagesRead(context, state).filter((gfn) => pages.has(gfn) && !armed.includes(gfn));
  if (forgotten.length > 0) return violationOfRule(GFN_RING_RULE.R7_REARMED, `not re-armed: ${forgotten.join(', ')}`);
  if (unflushed.length > 0)
    return violationOfRule(
      GFN_RING_RULE.R12_FLUSH,
      `given back before the translations of ${unflushed.join(', ')} were flushed`,
    );
  return state;
}

function wrongResult(
  { spec }: GfnRingContext,
  { used, pushed, due, processed }: OwnSteps,
  op: OperationSpec,
  result: unknown,
): Violation | undefined {
  if (op.do === 'push') {
    const [seen] = Object.values(used);
    const [size] = Object.keys(used).map((r) => spec.rings[Number(r)].size);
    const isFull = seen === undefined || seen >= size;
    if (pushed !== (isFull ? 0 : 1)) return violationOfRule(GFN_RING_RULE.R6_ONE, `it added ${pushed}`);
    const expected = isFull ? BUSY : seen + 1;
    return result === expected
      ? undefined
      : violationOfRule(GFN_RING_RULE.R6_RESULT, `push returned ${result}, expected ${expected}`);
  }
  if (op.do !== 'reset' || spec.kernel?.returns === 'bool') return undefined;
  const total = Object.values(processed).reduce((sum, count) => sum + count, 0);
  const expected = Object.values(due).includes(GFN_RING_INVALID) ? GFN_RING_INVALID : total;
  return result === expected
    ? undefined
    : violationOfRule(GFN_RING_RULE.R7_RESULT, `reset returned ${result}, expected ${expected}`);
}
