import type { Properties, StateView } from '../../../check/property.ts';
import { BUSY, GFN_RING_INVALID, type GfnEntry } from '../../../models/ring.ts';
import { formatGfn } from '../../../vm/properties/monitorHelpers.ts';
import { type ActorSpec, hostileRings, type OperationSpec, performs, type VmSpec } from '../../../vm/spec.ts';
import { GFN_RING_RULE } from './gfnRingState.ts';

/**
 * The results of calls on honest rings, compared with each other at the end of an execution. The
 * monitor (`gfnRingMonitor`) checks more. These also hold where the order of steps is not the order
 * of their effects, and no monitor runs.
 */
export function callResultsMatchModel(spec: VmSpec): Properties['finally'] {
  const hostile = hostileRings(spec);
  const honest = spec.rings.map((_, ring) => ring).filter((ring) => !hostile.has(ring));
  const whole = honest.filter((ring) => pusherOf(spec, ring) >= 0 && harvesterOf(spec, ring) >= 0);
  return {
    ...(performs(spec, 'push') && { [GFN_RING_RULE.R6_RESULT]: pushesReturn(spec) }),
    ...(performs(spec, 'reset') && hostile.size === 0 && { [GFN_RING_RULE.R9_HONEST_IN_RANGE]: resetsReturn(spec) }),
    ...(whole.length > 0 && {
      [GFN_RING_RULE.R4_ORDER]: (view: StateView) => {
        for (const ring of whole) {
          const pushed = pushedTo(spec, ring, view).map(formatGfn);
          const taken = harvestedFrom(spec, ring, view).map(formatGfn);
          if (taken.length > pushed.length || taken.some((entry, i) => entry !== pushed[i]))
            return `ring${ring}: harvested ${taken.join(' ')}, pushed ${pushed.join(' ') || 'nothing'}`;
        }
        return true;
      },
    }),
  };
}

const pushesReturn = (spec: VmSpec) => (view: StateView) => {
  const wrong = returned(spec, view, 'push').find(({ actor, result }) => {
    const count = result as number;
    return count !== BUSY && !(count >= 1 && count <= spec.rings[actor.vcpu ?? 0].size);
  });
  return wrong === undefined || `push returned ${wrong.result}`;
};

const resetsReturn = (spec: VmSpec) => (view: StateView) =>
  returned(spec, view, 'reset').every(({ result }) => result !== GFN_RING_INVALID) ||
  `reset returned ${GFN_RING_INVALID}`;

/**
 * The results of all calls of one operation. `serve` may run any number of times, so its actor's
 * results have no fixed places.
 */
function returned(spec: VmSpec, view: StateView, what: OperationSpec['do']): { actor: ActorSpec; result: unknown }[] {
  return spec.actors.flatMap((actor, thread) =>
    serves(actor)
      ? []
      : actor.operations.flatMap((op, i) => (op.do === what ? [{ actor, result: view.results[thread][i] }] : [])),
  );
}

/** The only thread that fills a ring, where it only calls push; otherwise -1. */
function pusherOf(spec: VmSpec, ring: number): number {
  const threads = threadsOf(spec, (actor) => actor.vcpu === ring);
  const [thread] = threads;
  const calls = threads.length === 1 && spec.actors[thread].operations.every((op) => op.do === 'push');
  return calls ? thread : -1;
}

/** The only thread that takes entries of a ring, where its results contain them; otherwise -1. */
function harvesterOf(spec: VmSpec, ring: number): number {
  const threads = threadsOf(spec, ({ operations }) => operations.some((op) => takesFrom(spec, op, ring)));
  return threads.length === 1 && !serves(spec.actors[threads[0]]) ? threads[0] : -1;
}

/**
 * Whether the operation's result contains entries of this ring. `collect` does not tell rings
 * apart.
 */
function takesFrom(spec: VmSpec, op: OperationSpec, ring: number): boolean {
  if (op.do === 'harvest') return op.ring === ring;
  return op.do === 'collect' && spec.rings.length === 1;
}

function pushedTo(spec: VmSpec, ring: number, view: StateView): GfnEntry[] {
  const thread = pusherOf(spec, ring);
  return spec.actors[thread].operations.flatMap((op, i) =>
    op.do === 'push' && view.results[thread][i] !== BUSY ? [{ slot: op.slot, offset: BigInt(op.offset) }] : [],
  );
}

function harvestedFrom(spec: VmSpec, ring: number, view: StateView): GfnEntry[] {
  const thread = harvesterOf(spec, ring);
  return spec.actors[thread].operations.flatMap((op, i) =>
    takesFrom(spec, op, ring) ? (view.results[thread][i] as readonly GfnEntry[]) : [],
  );
}

const serves = ({ operations }: ActorSpec): boolean => operations.some((op) => op.do === 'serve');
const threadsOf = (spec: VmSpec, is: (actor: ActorSpec) => boolean): number[] =>
  spec.actors.flatMap((actor, thread) => (is(actor) ? [thread] : []));
