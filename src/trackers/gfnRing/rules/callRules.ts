import type { StateView } from '../../../check/property.ts';
import type { Violation } from '../../../explore/execution/violation.ts';
import { BUSY, GFN_RING_INVALID, type GfnEntry } from '../../../models/ring.ts';
import { updateThread } from '../../../vm/properties/monitor.ts';
import { describeDifference, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import type { OperationSpec } from '../../../vm/spec.ts';
import {
  GFN_RING_RULE,
  type GfnRingContext,
  type GfnRingMonitorState,
  type GfnRingNext,
  type GfnRingThread,
  IDLE,
  MODULUS,
} from './gfnRingState.ts';

/** An operation has ended: its result must be that of the model. */
export function returns(
  context: GfnRingContext,
  state: GfnRingMonitorState,
  thread: number,
  operation: number,
  result: unknown,
  view: StateView,
): GfnRingNext {
  const op = context.spec.actors[thread].operations[operation];
  return (
    wrongProd(context, state, thread, op, view) ??
    wrongResult(context, state.threads[thread], op, result) ??
    (state.threads[thread] === IDLE ? state : updateThread(state, thread, IDLE))
  );
}

/** The private prod after an operation of its vCPU. */
function wrongProd(
  { spec, rings }: GfnRingContext,
  state: GfnRingMonitorState,
  thread: number,
  op: OperationSpec,
  view: StateView,
): Violation | undefined {
  const { vcpu } = spec.actors[thread];
  if (vcpu === undefined) return undefined;
  const prod = view.read(rings[vcpu].prod_index);
  return prod === (spec.index + state.model[vcpu].published) % MODULUS
    ? undefined
    : violationOfRule(GFN_RING_RULE.R3_PRIVATE_BY_ONE, `after ${op.do} it is ${prod}`);
}

function wrongResult(
  { spec, hostile }: GfnRingContext,
  { room, pushed, taken, expected, processed }: GfnRingThread,
  op: OperationSpec,
  result: unknown,
): Violation | undefined {
  const total = Object.values(processed).reduce((sum, count) => sum + count, 0);
  const unless = (property: string, due: unknown): Violation | undefined =>
    result === due ? undefined : violationOfRule(property, `${op.do} returned ${result}, expected ${due}`);
  switch (op.do) {
    case 'push':
      if (pushed !== (room === BUSY ? 0 : 1)) return violationOfRule(GFN_RING_RULE.R6_ONE, `it added ${pushed}`);
      return unless(GFN_RING_RULE.R6_RESULT, room);
    case 'reset':
      // The mail's own function returns only whether there was any.
      if (spec.kernel?.returns === 'bool' && (result as number) > 0 === total > 0) return undefined;
      return unless(
        GFN_RING_RULE.R7_RESULT,
        Object.values(expected).includes(GFN_RING_INVALID) ? GFN_RING_INVALID : total,
      );
    case 'reset-ring':
      return unless(GFN_RING_RULE.R7_RESULT, total > 0);
    case 'harvest':
    case 'collect': {
      if (op.do === 'collect' ? hostile.size > 0 : hostile.has(op.ring)) return undefined;
      const wrong = describeDifference(result as readonly GfnEntry[], taken);
      return wrong === undefined ? undefined : violationOfRule(GFN_RING_RULE.R4_ORDER, wrong);
    }
    default:
      return undefined;
  }
}
