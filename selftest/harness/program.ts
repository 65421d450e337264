import { noProperties, type Properties, type StateView } from '#dist/check/property.js';
import type { Scenario } from '#dist/check/scenario.js';
import type { Operation, Program } from '#dist/explore/program.js';
import { assume } from '#dist/memory/assume.js';
import type { Cell, Lock, Place } from '#dist/memory/cell.js';
import { Layout } from '#dist/memory/layout.js';
import type { Memory } from '#dist/memory/memory.js';

/**
 * A program from text: `x=1; wmb; rel y=1 | acq y; x`. Threads stand between bars, operations between `>`. A cell alone is loaded, and what an operation has read
 * is its result, as a list. `raw` makes an access plain. Read-modify-writes: `xchg x 1`, `add x 1`, `cas x 0 1`. Locks begin with m (mutex) or s (spinlock), any
 * other letter is a cell of 32 bits; L and H are the lower and the upper half of w. `?1` ends the operation unless it has read 1 last; `assume 1` gives up the
 * execution; `until x 1` goes round; `wait x 0` and `wake x` are the wait queue of x. `x=$` stores what was read last; `quiet` keeps what is read.
 */
export function program(text: string): Program {
  const layout = new Layout();
  const names = [...new Set(text.match(/\b[a-zLH]\d?\b/g)?.map((name) => (/[LH]/.test(name) ? 'w' : name)))].sort();
  const places = new Map<string, Place>(
    names.map((name) => [
      name,
      /^[ms]/.test(name) ? layout.lock(name, name[0] === 'm' ? 'mutex' : 'spinlock') : layout.cell(name, 'u32'),
    ]),
  );
  const word = places.get('w');
  if (word !== undefined) {
    places.set('L', layout.cell('L', 'u16', word.offset));
    places.set('H', layout.cell('H', 'u16', word.offset + 2));
  }
  const actors = text.split('|').map((thread, t) => ({
    name: `t${t}`,
    operations: thread.split('>').map((operation): Operation => {
      const all = operation.split(';').map((step) => step.trim().split(/[ =]/));
      const steps = all.filter(([does]) => does !== 'quiet');
      const run = (mem: Memory): number[] => perform(mem, steps, places);
      return { label: operation.trim(), run: steps.length === all.length ? run : (mem) => void run(mem) };
    }),
  }));
  return { layout, init: () => {}, actors };
}

/** A program, and what is asked of it. */
export const scenarioOf = (name: string, text: string, properties: Partial<Properties> = {}): Scenario => ({
  name,
  program: program(text),
  properties: { ...noProperties, ...properties },
});

/** A cell of a program, by its name. */
export const cellOf = ({ layout }: Program, name: string): Cell =>
  layout.places.find((place) => place.name === name) as Cell;

/** How all operations have ended, as text: what was read, in the order of the program; and what is left in those cells. */
export function outcomeOf({ results, read }: StateView, of: Program, finals: string): string {
  const last = [...finals].flatMap((name) => cellOf(of, name) ?? []).map(read);
  return `${results
    .flat(2)
    .filter((of) => of !== undefined)
    .join('')}${last.length > 0 ? `/${last.join('')}` : ''}`;
}

function perform(mem: Memory, steps: readonly (readonly string[])[], places: ReadonlyMap<string, Place>): number[] {
  const seen: number[] = [];
  for (const step of steps) {
    const [does, ...rest] = step;
    if (does.startsWith('?')) {
      if (seen.at(-1) !== Number(does.slice(1))) break;
    } else if (does === 'assume') assume(seen.at(-1) === Number(rest[0]));
    else if (does === 'rmb' || does === 'wmb' || does === 'mb') mem[does]();
    else if (does === 'lock' || does === 'unlock') mem[does](places.get(rest[0]) as Lock);
    else {
      const isNamed = does.length > 2;
      const cell = places.get(isNamed ? rest[0] : does) as Cell;
      const [a, b] = (isNamed ? rest.slice(1) : rest).map(Number);
      access(mem, isNamed ? does : '', cell, a, b, seen);
    }
  }
  return seen;
}

function access(mem: Memory, how: string, cell: Cell, a: number | undefined, b: number, seen: number[]): void {
  switch (how) {
    case 'xchg':
      seen.push(mem.xchg(cell, a!));
      break;
    case 'add':
      seen.push(mem.fetchAdd(cell, a!));
      break;
    case 'cas':
      seen.push(mem.cmpxchg(cell, a!, b));
      break;
    case 'until':
      while (mem.load(cell) !== a);
      break;
    case 'wait':
      mem.wait(cell, a!);
      break;
    case 'wake':
      mem.wake(cell);
      break;
    default: {
      const [get, put] = ({ acq: ['loadAcquire', 'store'], rel: ['load', 'storeRelease'], raw: ['read', 'write'] }[
        how
      ] ?? ['load', 'store']) as ['load', 'store'];
      if (a === undefined) seen.push(mem[get](cell));
      else mem[put](cell, Number.isNaN(a) ? seen.at(-1)! : a);
    }
  }
}
