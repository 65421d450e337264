import type { StateView } from '../check/property.ts';
import { BadInput } from '../input/badInput.ts';
import { show } from '../input/fields.ts';
import type { Cell, Cell64, Lock } from '../memory/cell.ts';

/** A property's answer. What it throws is a mistake in it, and no finding. */
export function evaluateProperty(holds: (view: unknown) => unknown, view: (look: StateView) => unknown, where: string) {
  return (look: StateView): boolean | string => {
    let seen: unknown;
    try {
      seen = holds(view(look));
    } catch (error) {
      throw new BadInput(`${where} throws ${error instanceof Error ? `${error.name}: ${error.message}` : show(error)}`);
    }
    return typeof seen === 'string' && where.includes(': finally.') ? seen : Boolean(seen);
  };
}

/**
 * An object that knows its names, and says so where one is asked for that it has not. Only such a name gets to the prototype, which throws; the others
 * cost what a field costs.
 */
export function throwOnMissingName<T extends object>(names: T, what: string): T {
  const missing = new Proxy(
    {},
    {
      get: (of, name) => {
        if (name in of || typeof name === 'symbol' || name === 'toJSON') return Reflect.get(of, name);
        throw new ReferenceError(`there is no ${what} '${name}', only ${Object.keys(names).join(', ') || 'none'}`);
      },
    },
  );
  return Object.setPrototypeOf(names, missing) as T;
}

/** Makes views of looks; the last one is kept, as the same look is asked again and again. */
export function viewer(cells: unknown, locks: unknown, actors: readonly string[]): (look: StateView) => unknown {
  let last: StateView | undefined;
  let view: unknown;
  const [strictCells, strictLocks] = [
    throwOnMissingName(cells as object, 'cell'),
    throwOnMissingName(locks as object, 'lock'),
  ];
  return (look) => {
    if (look === last) return view;
    last = look;
    const results = {};
    for (const [i, actor] of actors.entries())
      Object.defineProperty(results, actor, { enumerable: true, get: () => look.results[i] });
    view = {
      read: (cell: Cell | Cell64) => (cell.kind === 'cell64' ? look.read64(cell) : look.read(cell)),
      holder: (lock: Lock) => actors[look.holder(lock)],
      cells: strictCells,
      locks: strictLocks,
      results: throwOnMissingName(results, 'actor'),
    };
    return view;
  };
}
