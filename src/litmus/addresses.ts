import type { Cell, Lock } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import type { LitmusTest, Value } from './syntax.ts';

/**
 * The distance between two variables that are not in one array. It is larger than the numbers that
 * tests compute with, so that no sum of these is an address.
 */
const DISTANCE = 0x10000;

/**
 * The layout of the variables of a test, and the integers that stand for their addresses. Elements
 * of an array differ by 1, so `a + 1` is the second one.
 */
export class Addresses {
  readonly layout = new Layout();
  private readonly places = new Map<number, Cell | Lock>();
  private readonly byName = new Map<string, number>();

  constructor({ variables, arrays }: Pick<LitmusTest, 'variables' | 'arrays'>) {
    let next = 0;
    for (const { name, lock } of variables) {
      const isInArray = name.endsWith(']') && !name.endsWith('[0]');
      const address = isInArray ? next : (Math.floor(next / DISTANCE) + 1) * DISTANCE;
      this.places.set(address | 0, lock ? this.layout.lock(name, 'spinlock') : this.layout.cell(name, 'u32'));
      this.byName.set(name, address | 0);
      next = address + 1;
    }
    for (const array of arrays) this.byName.set(array, this.of(`${array}[0]`));
  }

  of(name: string): number {
    return this.byName.get(name)!;
  }

  /** The variable at an address; undefined: none. */
  at(address: number): Cell | Lock | undefined {
    return this.places.get(address);
  }

  /** The cell of a variable that is no lock. */
  cell(name: string): Cell {
    return this.at(this.of(name)) as Cell;
  }

  number(value: Value): number {
    return typeof value === 'number' ? value : this.of(value.addressOf);
  }
}
