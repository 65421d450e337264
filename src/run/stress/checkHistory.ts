import { type Interval, type Linearizability, linearizability } from '../../check/linearizability.ts';
import { EBUSY } from '../../kvm/errors.ts';
import type { Gfn } from '../../kvm/kvm.ts';
import { type LinearizationPoint, ringHistory } from '../../models/ringHistory.ts';
import type { VmSpec } from '../../vm/spec.ts';
import type { CallRecord } from './stressWorker.ts';

/** Maximum number of steps of the model when one history is checked. */
const HISTORY_STEPS_MAX = 200_000;

/**
 * Whether histories of a scenario can be checked: each result must say what the call did to which
 * ring.
 */
export function canCheckHistory(spec: VmSpec): boolean {
  const checkable = new Set(['push', 'harvest', 'reset-ring']);
  return spec.index === 0 && spec.actors.every(({ operations }) => operations.every((op) => checkable.has(op.do)));
}

/**
 * Checks whether the calls of one iteration are linearizable with respect to the sequential model
 * of each ring.
 *
 * @param calls by thread.
 */
export function checkHistory(
  spec: VmSpec,
  calls: readonly (readonly CallRecord[])[],
  stepsMax = HISTORY_STEPS_MAX,
): Linearizability {
  let verdict: Linearizability = 'ok';
  for (let ring = 0; ring < spec.rings.length; ring++) {
    const history = calls.flatMap((records, thread) =>
      records.flatMap((record, i) => linearizationPoints(spec, ring, thread, record, thread * 100_000 + i)),
    );
    const found = linearizability(ringHistory(spec.rings[ring].size), history, stepsMax);
    if (found === 'illegal') return 'illegal';
    if (found === 'unknown') verdict = 'unknown';
  }
  return verdict;
}

/** The points at which a call takes effect on a ring; none if it concerns another ring. */
function linearizationPoints(
  spec: VmSpec,
  ring: number,
  thread: number,
  { operation, start, end, result }: CallRecord,
  call: number,
): Interval<LinearizationPoint>[] {
  const actor = spec.actors[thread];
  const op = actor.operations[operation];
  const intervals = (first: LinearizationPoint, second?: LinearizationPoint): Interval<LinearizationPoint>[] =>
    (second === undefined ? [first] : [first, second]).map((point) => ({ call: point, start, end }));
  if (op.do === 'push' && actor.vcpu === ring) {
    const entry = { slot: op.slot, offset: BigInt(op.offset) };
    const checkRoom = { kind: 'checkRoom', call, result: result as number } as const;
    return result === -EBUSY ? intervals(checkRoom) : intervals(checkRoom, { kind: 'publish', call, entry });
  }
  if (op.do === 'harvest' && op.ring === ring) {
    const entries = result as readonly Gfn[];
    return intervals({ kind: 'findEntries', call, max: op.max, entries }, { kind: 'harvest', call });
  }
  if (op.do === 'reset-ring' && op.ring === ring) {
    return intervals({ kind: 'readCons', call, result: result as boolean }, { kind: 'reset', call });
  }
  return [];
}
