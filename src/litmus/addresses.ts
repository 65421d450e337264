import type { Cell, Lock } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import type { LitmusVariable, Value } from './syntax.ts';

/** Far from the small numbers that tests count with, so that no sum of those is an address. */
const FIRST = 0x10000;

/** Where the variables of a test lie, and the numbers that stand for their addresses. */
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

  /** What lies at an address; undefined: nothing. */
  at(address: number): Cell | Lock | undefined {
    return this.places[(address - FIRST) / 4];
  }

  /** A variable's place as a cell: those that are looked at are no locks. */
  cell(name: string): Cell {
    return this.at(this.of(name)) as Cell;
  }

  number(value: Value): number {
    return typeof value === 'number' ? value : this.of(value.addressOf);
  }
}
