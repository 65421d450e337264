import type { Cell, Lock } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import type { LitmusVariable, Value } from './syntax.ts';

/** Larger than the numbers that tests compute with, so that no sum of these is an address. */
const FIRST = 0x10000;

/** The layout of the variables of a test, and the integers that stand for their addresses. */
export class Addresses {
  readonly layout = new Layout();
  private readonly places: readonly (Cell | Lock)[];
  private readonly byName: ReadonlyMap<string, number>;

  constructor(variables: readonly LitmusVariable[]) {
    this.places = variables.map(({ name, lock }) =>
      lock ? this.layout.lock(name, 'spinlock') : this.layout.cell(name, 'u32'),
    );
    this.byName = new Map(variables.map(({ name }, i) => [name, FIRST + 4 * i]));
  }

  of(name: string): number {
    return this.byName.get(name)!;
  }

  /** The variable at an address; undefined: none. */
  at(address: number): Cell | Lock | undefined {
    return this.places[(address - FIRST) / 4];
  }

  /** The cell of a variable that is no lock. */
  cell(name: string): Cell {
    return this.at(this.of(name)) as Cell;
  }

  number(value: Value): number {
    return typeof value === 'number' ? value : this.of(value.addressOf);
  }
}
