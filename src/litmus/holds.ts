import type { Addresses } from './addresses.ts';
import type { Condition, FinalPlace, Value } from './syntax.ts';

/** A final state: the value of each place, a signed 32-bit integer. Undefined: it is not known. */
export type FinalState = (place: FinalPlace) => number | undefined;

/** Whether a condition holds in a final state. Undefined: that depends on what is not known. */
export function holdsIn(condition: Condition, state: FinalState, addresses: Addresses): boolean | undefined {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const decisive = condition.kind === 'or';
      const left = holdsIn(condition.left, state, addresses);
      if (left === decisive) return decisive;
      const right = holdsIn(condition.right, state, addresses);
      if (right === decisive) return decisive;
      return left === undefined || right === undefined ? undefined : !decisive;
    }
    case 'not': {
      const holds = holdsIn(condition.of, state, addresses);
      return holds === undefined ? undefined : !holds;
    }
    case 'true':
      return true;
    default: {
      const numberOf = (of: FinalPlace | Value): number | undefined =>
        typeof of === 'number' || 'addressOf' in of ? addresses.number(of) : state(of);
      const [left, right] = [numberOf(condition.left), numberOf(condition.right)];
      return left === undefined || right === undefined ? undefined : left === right;
    }
  }
}
