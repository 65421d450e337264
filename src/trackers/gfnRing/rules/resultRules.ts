import type { Properties, StateView } from '../../../check/property.ts';
import { BUSY, GFN_RING_INVALID, type GfnEntry } from '../../../models/ring.ts';
import { type ActorSpec, hostileRings, type OperationSpec, type VmSpec } from '../../../vm/spec.ts';

/**
 * What calls on honest rings return, held against each other when all have ended, whatever the order of the steps was. The step rules
 * (`ringRules`) say more; these hold as well where the order of steps is not the order of their effects.
 */
export function callResultsMatchModel(spec: VmSpec): Properties['finally'] {
  const hostile = hostileRings(spec);
  const honest = spec.rings.map((_, ring) => ring).filter((ring) => !hostile.has(ring));
  const whole = honest.filter((ring) => pusherOf(spec, ring) >= 0 && harvesterOf(spec, ring) >= 0);
  const has = (what: OperationSpec['do']) =>
    spec.actors.some(({ operations }) => operations.some((op) => op.do === what));
  return {
    ...(has('push') && { 'R6 push returns the entries in use, or -EBUSY': pushesReturn(spec) }),
    ...(has('reset') && hostile.size === 0 && { 'R9 the cons of an honest userspace is in range': resetsReturn(spec) }),
    ...(whole.length > 0 && {
      'R4 entries are harvested in the order they were pushed': (look: StateView) => {
        for (const ring of whole) {
          const pushed = pushedTo(spec, ring, look).map(text);
          const taken = harvestedFrom(spec, ring, look).map(text);
          if (taken.length > pushed.length || taken.some((entry, i) => entry !== pushed[i]))
            return `ring${ring}: harvested ${taken.join(' ')}, pushed ${pushed.join(' ') || 'nothing'}`;
        }
        return true;
      },
    }),
  };
}

const pushesReturn = (spec: VmSpec) => (look: StateView) => {
  const wrong = returned(spec, look, 'push').find(({ actor, result }) => {
    const count = result as number;
    return count !== BUSY && !(count >= 1 && count <= spec.rings[actor.vcpu ?? 0].size);
  });
  return wrong === undefined || `push returned ${wrong.result}`;
};

const resetsReturn = (spec: VmSpec) => (look: StateView) =>
  returned(spec, look, 'reset').every(({ result }) => result !== GFN_RING_INVALID) ||
  `reset returned ${GFN_RING_INVALID}`;

/** The results of all calls of one kind. An actor that serves performs that as often as it likes, so its results have no fixed places. */
function returned(spec: VmSpec, look: StateView, what: OperationSpec['do']): { actor: ActorSpec; result: unknown }[] {
  return spec.actors.flatMap((actor, thread) =>
    serves(actor)
      ? []
      : actor.operations.flatMap((op, i) => (op.do === what ? [{ actor, result: look.results[thread][i] }] : [])),
  );
}

/** The one thread that fills a ring, where all it adds is pushed by calls; else -1. */
function pusherOf(spec: VmSpec, ring: number): number {
  const threads = threadsOf(spec, (actor) => actor.vcpu === ring);
  const [thread] = threads;
  const calls = threads.length === 1 && spec.actors[thread].operations.every((op) => op.do === 'push');
  return calls ? thread : -1;
}

/** The one thread that takes entries of a ring, where its results say which; else -1. */
function harvesterOf(spec: VmSpec, ring: number): number {
  const threads = threadsOf(spec, ({ operations }) => operations.some((op) => takesFrom(spec, op, ring)));
  return threads.length === 1 && !serves(spec.actors[threads[0]]) ? threads[0] : -1;
}

/** `collect` does not say which ring an entry is from. */
function takesFrom(spec: VmSpec, op: OperationSpec, ring: number): boolean {
  if (op.do === 'harvest') return op.ring === ring;
  return op.do === 'collect' && spec.rings.length === 1;
}

function pushedTo(spec: VmSpec, ring: number, look: StateView): GfnEntry[] {
  const thread = pusherOf(spec, ring);
  return spec.actors[thread].operations.flatMap((op, i) =>
    op.do === 'push' && look.results[thread][i] !== BUSY ? [{ slot: op.slot, offset: BigInt(op.offset) }] : [],
  );
}

function harvestedFrom(spec: VmSpec, ring: number, look: StateView): GfnEntry[] {
  const thread = harvesterOf(spec, ring);
  return spec.actors[thread].operations.flatMap((op, i) =>
    takesFrom(spec, op, ring) ? (look.results[thread][i] as readonly GfnEntry[]) : [],
  );
}

const serves = ({ operations }: ActorSpec): boolean => operations.some((op) => op.do === 'serve');
const threadsOf = (spec: VmSpec, is: (actor: ActorSpec) => boolean): number[] =>
  spec.actors.flatMap((actor, thread) => (is(actor) ? [thread] : []));
const text = ({ slot, offset }: GfnEntry): string => `${slot}:${offset}`;
