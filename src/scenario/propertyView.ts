import type { StateView } from '../check/property.ts';
import { BadInput } from '../input/badInput.ts';
import { describeThrown } from '../input/show.ts';
import { type Cell, type Cell64, cellValue, type Lock, wideCellValue } from '../memory/cell.ts';
import { throwerOf } from '../memory/sourceLine.ts';
import { setRunningProperty } from './runningProperty.ts';

/** When a property is evaluated: after every step, at any moment, or at the end. */
export type PropertyKind = 'always' | 'sometimes' | 'finally';

/**
 * Turns a user's property into one of the explorer's. A property of the kind `finally` may answer
 * with a text that says what was seen instead. An exception in a property, or a promise from it, is
 * a mistake of its author and not a finding: it throws `BadInput`.
 */
export function evaluateProperty(
  kind: PropertyKind,
  holds: (view: unknown) => unknown,
  propertyView: (view: StateView) => unknown,
  where: string,
) {
  return (view: StateView): boolean | string => {
    let seen: unknown;
    try {
      setRunningProperty(where);
      seen = holds(propertyView(view));
    } catch (error) {
      setRunningProperty(undefined);
      const place = error instanceof Error ? throwerOf(error.stack) : undefined;
      throw new BadInput(`${where} throws ${describeThrown(error)}${place === undefined ? '' : `, at ${place}`}`);
    }
    setRunningProperty(undefined);
    if (seen instanceof Promise) {
      // Nobody waits for it, so its rejection would end the thread.
      seen.catch(() => {});
      throw new BadInput(`${where} returns a promise: must return true or false, as it is not awaited`);
    }
    if (seen === undefined && !canReturn(holds))
      throw new BadInput(`${where} returns nothing: must return true or false`);
    return typeof seen === 'string' && kind === 'finally' ? seen : Boolean(seen);
  };
}

/**
 * Whether a function is an expression, or has a `return`. `undefined` may then be a false value.
 */
function canReturn(code: (view: unknown) => unknown): boolean {
  const text = Function.prototype.toString.call(code);
  return /\breturn\b/.test(text) || !text.trimEnd().endsWith('}') || /=>\s*[^\s{]/.test(text);
}

/**
 * Makes `names` throw for a name that it does not have, with the list of those that it has. Only a
 * missing name reaches the prototype, so the others cost no more than a field.
 */
export function throwOnMissingName<T extends object>(
  names: T,
  what: string,
  MissingName: new (message: string) => Error = ReferenceError,
): T {
  const missing = new Proxy(
    {},
    {
      get: (of, name) => {
        if (name in of || typeof name === 'symbol' || name === 'toJSON') return Reflect.get(of, name);
        throw new MissingName(`there is no ${what} '${name}', only ${Object.keys(names).join(', ') || 'none'}`);
      },
    },
  );
  return Object.setPrototypeOf(names, missing) as T;
}

/**
 * Makes a property's view of a state. The last view is cached, because all properties look at the
 * same state in turn.
 */
export function createPropertyView(
  cells: unknown,
  locks: unknown,
  actors: readonly string[],
): (view: StateView) => unknown {
  let last: StateView | undefined;
  let propertyView: unknown;
  const [strictCells, strictLocks] = [
    throwOnMissingName(cells as object, 'cell'),
    throwOnMissingName(locks as object, 'lock'),
  ];
  return (view) => {
    if (view === last) return propertyView;
    last = view;
    const results = {};
    for (const [i, actor] of actors.entries())
      Object.defineProperty(results, actor, { enumerable: true, get: () => view.results[i] });
    propertyView = {
      read: (cell: Cell | Cell64) =>
        cell.kind === 'cell64' ? wideCellValue(cell, view.read64(cell)) : cellValue(cell, view.read(cell)),
      holder: (lock: Lock) => actors[view.holder(lock)],
      cells: strictCells,
      locks: strictLocks,
      results: throwOnMissingName(results, 'actor'),
    };
    return propertyView;
  };
}
