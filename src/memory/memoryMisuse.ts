import { nearestName } from '../input/nearestName.ts';
import { show } from '../input/show.ts';

/** An operation does not use `mem` as it is: a name that does not exist, or a wrong value. */
export class MemoryMisuse extends TypeError {
  /** The name that stack traces show. */
  override readonly name = 'TypeError';
}

const describe = (value: unknown): string => (typeof value === 'string' ? show(value) : String(value));

/** The error of a value that is no whole number: `mem.store(x)`, or NaN. */
export function wrongValue(method: string, value: unknown, place: string): MemoryMisuse {
  return new MemoryMisuse(`mem.${method} of ${describe(value)} to ${place}: must be a whole number`);
}

/**
 * Makes a name that `prototype` does not have an error that names the nearest one. Only a missing
 * name reaches the proxy, so the others cost no more than before.
 */
export function refuseMissingNames(prototype: object): void {
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  const missing = new Proxy(Object.prototype, {
    get: (of, name) => {
      // A promise and JSON ask for these.
      if (typeof name === 'symbol' || name in of || name === 'then' || name === 'toJSON') return Reflect.get(of, name);
      const nearest = nearestName(name, names);
      throw new MemoryMisuse(`there is no mem.${name}${nearest === undefined ? '' : `: did you mean mem.${nearest}?`}`);
    },
  });
  Object.setPrototypeOf(prototype, missing);
}
