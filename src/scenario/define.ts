import { noProperties, type Properties, type StateView } from '../check/property.ts';
import type { Scenario } from '../check/scenario.ts';
import { ACTORS_MAX, type Actor, type Operation } from '../explore/program.ts';
import { BadInput } from '../input/badInput.ts';
import { show } from '../input/show.ts';
import { markConstant } from '../loops/snapshot.ts';
import type { Cell, Cell64, Lock } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import { MemoryMisuse } from '../memory/memoryMisuse.ts';
import type { CellSpec, CellType, Definition, OperationOf } from './definition.ts';
import { parametersOf } from './parameters.ts';
import { createPropertyView, evaluateProperty, type PropertyKind, throwOnMissingName } from './propertyView.ts';

/** The fields of a definition. A misspelt one is refused: its properties would never be checked. */
const PARTS: readonly string[] = ['name', 'cells', 'locks', 'racy', 'actors', 'always', 'sometimes', 'finally'];

/**
 * Defines a scenario: cells of shared memory, and 1 to 30 actors whose operations access them
 * through `mem` (see `Memory` for the rules). All types follow from the definition. Throws
 * `BadInput`, in one line, where the definition cannot be used.
 */
export function scenario<
  const C extends Readonly<Record<string, CellSpec>>,
  const A extends Readonly<Record<string, readonly OperationOf<C, L>[]>>,
  const L extends readonly string[] | Readonly<Record<string, Lock['kind']>> = readonly [],
>(definition: Definition<C, L, A>): Scenario {
  const { name } = definition;
  if (typeof name !== 'string' || !/^[\w .@+-]+$/.test(name))
    throw new BadInput(`scenario: name is ${show(name)}: must be a text of letters, digits, _ . @ + - and spaces`);
  const where = `scenario ${name}`;
  for (const key of Object.keys(definition))
    if (!PARTS.includes(key)) throw new BadInput(`${where}: there is no ${key}: it has ${PARTS.join(', ')}`);
  const layout = new Layout();
  const initial: InitialValue[] = [];
  const cells = layCells(layout, entriesOf(definition.cells, `${where}: cells`), initial, where);
  const locks = layLocks(layout, definition.locks ?? [], cells, where);
  const racy = racyCells(definition.racy ?? [], cells, where);
  const names = throwOnMissingName({ ...cells, ...locks }, 'cell or lock', MemoryMisuse);
  for (const constant of [names, ...Object.values(cells), ...layout.places]) markConstant(constant);
  const actors = buildActors(definition.actors, names, where);
  const view = createPropertyView(
    cells,
    locks,
    actors.map((actor) => actor.name),
  );
  const properties = (kind: PropertyKind) => buildProperties(kind, definition[kind] ?? {}, view, where);
  return {
    name,
    program: { layout, init: (mem) => storeInitial(mem, initial), actors, racy },
    properties: {
      ...noProperties,
      always: properties('always') as Properties['always'],
      sometimes: properties('sometimes') as Properties['sometimes'],
      finally: properties('finally'),
    },
  };
}

type InitialValue = readonly [cell: Cell | Cell64, value: number | bigint];

function storeInitial(mem: Memory, initial: readonly InitialValue[]): void {
  for (const [cell, value] of initial) {
    if (cell.kind === 'cell64') mem.store64(cell, BigInt(value));
    else mem.store(cell, Number(value));
  }
}

function buildActors(definitions: Readonly<Record<string, unknown>>, names: unknown, where: string): Actor[] {
  const bindRun = createRunBinder(names);
  const actors = entriesOf(definitions, `${where}: actors`).map(([name, operations]) => {
    if (!Array.isArray(operations))
      throw new BadInput(`${where}: actors.${name} is ${show(operations)}: must be a list of operations`);
    return {
      name,
      operations: operations.map((operation, i) =>
        operationOf(operation, bindRun, i, `${where}: actors.${name}[${i}]`),
      ),
    };
  });
  if (actors.length === 0) throw new BadInput(`${where}: actors is empty: there must be one at least`);
  if (actors.length > ACTORS_MAX)
    throw new BadInput(`${where}: actors has ${actors.length}: there may be ${ACTORS_MAX} at most`);
  return actors;
}

function buildProperties(
  kind: PropertyKind,
  definitions: Readonly<Record<string, unknown>>,
  view: (state: StateView) => unknown,
  where: string,
): Record<string, (state: StateView) => boolean | string> {
  return Object.fromEntries(
    entriesOf(definitions, `${where}: ${kind}`).map(([property, holds]) => {
      const path = `${where}: ${kind}.${property}`;
      if (typeof holds !== 'function') throw new BadInput(`${path} is ${show(holds)}: must be a function`);
      return [property, evaluateProperty(kind, holds as (view: unknown) => unknown, view, path)];
    }),
  );
}

function layCells(
  layout: Layout,
  specs: readonly (readonly [string, CellSpec])[],
  initial: InitialValue[],
  where: string,
): Record<string, Cell | Cell64 | readonly (Cell | Cell64)[]> {
  const cells: Record<string, Cell | Cell64 | readonly (Cell | Cell64)[]> = {};
  for (const [name, spec] of specs) {
    const at = `${where}: cells.${name}`;
    const {
      type,
      initial: value = 0,
      length,
      over,
      byte = 0,
    } = typeof spec === 'string' ? { type: spec } : (spec ?? {});
    if (!['u8', 'u16', 'u32', 'u64', 'i8', 'i16', 'i32', 'i64'].includes(type as string))
      throw new BadInput(`${at} is ${show(spec)}: its type must be u8, u16, u32 or u64, or i8 to i64`);
    const bits = Number((type as CellType).slice(1));
    const signed = (type as CellType).startsWith('i');
    if ((signed ? BigInt.asIntN : BigInt.asUintN)(bits, whole(value, `${at}.initial`)) !== BigInt(value))
      throw new BadInput(`${at}.initial is ${show(value)}: must be ${rangeOf(bits, signed)}`);
    if (length !== undefined && !(Number.isInteger(length) && length > 0 && length <= 65536))
      throw new BadInput(`${at}.length is ${show(length)}: must be a whole number from 1 to 65536`);
    const under = over === undefined ? undefined : cells[over];
    if (over !== undefined && (under === undefined || Array.isArray(under)))
      throw new BadInput(`${at}.over is ${show(over)}: must be the name of a cell before it`);
    const lay = (label: string, i: number): Cell | Cell64 => {
      const offset = under === undefined ? undefined : (under as Cell).offset + byte + (i * bits) / 8;
      const cell = bits === 64 ? layout.cell64(label, offset, signed) : layout.cell(label, type as 'u32', offset);
      if (value !== 0) initial.push([cell, value]);
      return cell;
    };
    try {
      cells[name] = length === undefined ? lay(name, 0) : Array.from({ length }, (_, i) => lay(`${name}[${i}]`, i));
    } catch (error) {
      throw new BadInput(`${at}: ${(error as Error).message}`);
    }
  }
  return cells;
}

const rangeOf = (bits: number, signed: boolean): string =>
  signed ? `from -2^${bits - 1} to 2^${bits - 1} - 1` : `from 0 to 2^${bits} - 1`;

function layLocks(
  layout: Layout,
  specs: unknown,
  cells: Readonly<Record<string, unknown>>,
  where: string,
): Record<string, Lock> {
  const kinds: readonly (readonly [string, unknown])[] = Array.isArray(specs)
    ? specs.map((name) => [name, 'mutex'] as const)
    : entriesOf(specs as Record<string, unknown>, `${where}: locks`);
  const locks: Record<string, Lock> = {};
  for (const [name, kind] of kinds) {
    if (typeof name !== 'string') throw new BadInput(`${where}: locks has ${show(name)}: must be names`);
    if (kind !== 'mutex' && kind !== 'spinlock')
      throw new BadInput(`${where}: locks.${name} is ${show(kind)}: must be mutex or spinlock`);
    if (Object.hasOwn(cells, name) || Object.hasOwn(locks, name))
      throw new BadInput(`${where}: locks.${name}: there is a cell or a lock of that name`);
    locks[name] = layout.lock(name, kind);
  }
  return locks;
}

function racyCells(
  names: unknown,
  cells: Readonly<Record<string, Cell | Cell64 | readonly (Cell | Cell64)[]>>,
  where: string,
): (Cell | Cell64)[] {
  if (!Array.isArray(names)) throw new BadInput(`${where}: racy is ${show(names)}: must be a list of names of cells`);
  return names.flatMap((name) => {
    if (typeof name !== 'string' || !Object.hasOwn(cells, name))
      throw new BadInput(`${where}: racy has ${show(name)}: must be names of cells`);
    return cells[name];
  });
}

type Call = (mem: Memory, names: unknown, before: unknown) => unknown;

/**
 * Passes the names to an operation. A function that several operations share stays one function, so
 * that actors with the same operations are recognised as symmetric.
 */
function createRunBinder(names: unknown): (call: Call) => Operation['run'] {
  const runs = new Map<Call, Operation['run']>();
  return (call) => {
    let run = runs.get(call);
    // The previous result is part of the state, so only operations with a parameter for it get it.
    const asks = parametersOf(call) > 2;
    run ??= asks ? (mem, before) => call(mem, names, before) : (mem) => call(mem, names, undefined);
    runs.set(call, run);
    return run;
  };
}

function operationOf(
  value: unknown,
  bindRun: (call: Call) => Operation['run'],
  index: number,
  where: string,
): Operation {
  const { run, label, until } = (typeof value === 'function' ? { run: value } : (value ?? {})) as {
    run?: unknown;
    label?: string;
    until?: (result: unknown) => boolean;
  };
  if (typeof run !== 'function')
    throw new BadInput(`${where} is ${show(value)}: must be a function, or an object with one as run`);
  if (run.constructor.name !== 'Function')
    throw new BadInput(
      `${where} is async or a generator: must be a plain function, as its result is neither awaited nor iterated`,
    );
  return {
    label: label ?? (run.name || `operation ${index}`),
    run: bindRun(run as Call),
    ...(until === undefined ? {} : { until }),
  };
}

function entriesOf<T>(value: Readonly<Record<string, T>>, where: string): [string, T][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadInput(`${where} is ${show(value)}: must be an object`);
  return Object.entries(value);
}

function whole(value: unknown, where: string): bigint {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return BigInt(value as bigint);
  throw new BadInput(`${where} is ${show(value)}: must be a whole number`);
}
