import { noProperties, type Properties, type StateView } from '../check/property.ts';
import type { Scenario } from '../check/scenario.ts';
import { ACTORS_MAX, type Operation } from '../explore/program.ts';
import { BadInput } from '../input/badInput.ts';
import { describeThrown, show } from '../input/show.ts';
import { markConstant } from '../loops/snapshot.ts';
import { Layout } from '../memory/layout.ts';
import type { Memory } from '../memory/memory.ts';
import { parametersOf } from '../scenario/parameters.ts';
import { evaluateProperty, type PropertyKind } from '../scenario/propertyView.ts';
import { type Activity, activity, during } from './activity.ts';
import { beginTrial, type StandInBuffer, takeBuffers } from './buffer.ts';
import { EventLoop } from './eventLoop.ts';
import { install } from './install.ts';
import { type InitialBits, layBuffers } from './lay.ts';
import { PropertyMemory } from './propertyMemory.ts';
import type { SharedDefinition, SharedOperation } from './sharedDefinition.ts';

const PARTS = ['name', 'setup', 'actors', 'always', 'sometimes', 'finally', 'races', 'tearing', 'timeouts'];

/**
 * Defines a scenario of unmodified code on `SharedArrayBuffer` and `Atomics`. `setup` makes the
 * buffers, and returns what operations and properties get. Throws `BadInput`, in one line.
 */
export function sharedScenario<S>(definition: SharedDefinition<S>): Scenario {
  install();
  const { name } = definition;
  if (typeof name !== 'string' || !/^[\w .@+-]+$/.test(name))
    throw new BadInput(`scenario: name is ${show(name)}: must be a text of letters, digits, _ . @ + - and spaces`);
  const where = `scenario ${name}`;
  for (const key of Object.keys(definition))
    if (!PARTS.includes(key)) throw new BadInput(`${where}: there is no ${key}: it has ${PARTS.join(', ')}`);
  const { shared, buffers } = setUp(definition, where);
  const bind = createBinder(shared);
  const actors = actorsOf(definition.actors, where);
  tryOut(actors, shared, buffers);
  const layout = new Layout();
  const { races = false, tearing = false, timeouts = true } = definition;
  const initial = layBuffers(layout, buffers, shared, { races, tearing, timeouts });
  return {
    name,
    program: {
      layout,
      init: (mem) => storeInitial(mem, initial),
      actors: actors.map((actor) => ({ name: actor.name, operations: actor.operations.map(bind) })),
    },
    properties: propertiesOf(definition, shared, where),
  };
}

function setUp<S>({ setup }: SharedDefinition<S>, where: string): { shared: S; buffers: readonly StandInBuffer[] } {
  if (typeof setup !== 'function') throw new BadInput(`${where}: setup is ${show(setup)}: must be a function`);
  takeBuffers();
  let shared: S;
  try {
    shared = during(SETUP, setup);
  } catch (error) {
    throw new BadInput(`${where}: setup throws ${describeThrown(error)}`);
  }
  const buffers = takeBuffers();
  if (buffers.length === 0)
    throw new BadInput(`${where}: setup makes no SharedArrayBuffer: import gfnring/shared before the code under test`);
  if (typeof shared === 'object' && shared !== null) {
    markConstant(shared);
    Object.freeze(shared);
  }
  return { shared, buffers };
}

const SETUP: Activity = { kind: 'setup', mem: undefined, loop: undefined };

interface GivenActor<S> {
  readonly name: string;
  readonly operations: readonly SharedOperation<S>[];
}

function actorsOf<S>(definitions: SharedDefinition<S>['actors'], where: string): GivenActor<S>[] {
  const actors = entriesOf(definitions, `${where}: actors`).map(([name, operations]) => {
    if (!Array.isArray(operations))
      throw new BadInput(`${where}: actors.${name} is ${show(operations)}: must be a list of operations`);
    for (const [i, operation] of operations.entries()) {
      const run = runOf(operation);
      const at = `${where}: actors.${name}[${i}]`;
      if (typeof run !== 'function')
        throw new BadInput(`${at} is ${show(operation)}: must be a function, or an object with one as run`);
      if (run.constructor.name !== 'Function')
        throw new BadInput(`${at} is async or a generator: must be a plain function, as its result is not awaited`);
    }
    return { name, operations };
  });
  if (actors.length === 0) throw new BadInput(`${where}: actors is empty: there must be one at least`);
  if (actors.length > ACTORS_MAX)
    throw new BadInput(`${where}: actors has ${actors.length}: there may be ${ACTORS_MAX} at most`);
  return actors;
}

type Run<S> = (shared: S, before?: unknown) => unknown;
const runOf = <S>(operation: SharedOperation<S>): Run<S> =>
  (typeof operation === 'function' ? operation : operation?.run) as Run<S>;

/**
 * Runs each operation once, alone, to see which views it makes. What it does or throws does not
 * matter: where an execution makes a view that no cell is there for, it says so.
 */
function tryOut<S>(actors: readonly GivenActor<S>[], shared: S, buffers: readonly StandInBuffer[]): void {
  const before = buffers.map(({ initial }) => initial.slice(0));
  for (const { operations } of actors) {
    let last: unknown;
    for (const operation of operations) {
      beginTrial();
      try {
        const loop = new EventLoop();
        last = during({ kind: 'trial', mem: undefined, loop }, () => resultOf(runOf(operation), loop, shared, last));
      } catch {
        last = undefined;
      }
    }
  }
  for (const [i, { initial }] of buffers.entries()) new Uint8Array(initial).set(new Uint8Array(before[i]));
}

function storeInitial(mem: Memory, initial: InitialBits): void {
  for (const [cell, bits] of initial) {
    if (cell.kind === 'cell64') mem.store64(cell, BigInt(bits));
    else mem.store(cell, Number(bits));
  }
}

/** A function that several operations share stays one function: their actors are symmetric. */
function createBinder<S>(shared: S): (operation: SharedOperation<S>, index: number) => Operation {
  const runs = new Map<Run<S>, Operation['run']>();
  return (operation, index) => {
    const call = runOf(operation);
    const asks = parametersOf(call as never) > 1;
    const run =
      runs.get(call) ??
      (asks ? (mem, before) => perform(mem, call, shared, before) : (mem) => perform(mem, call, shared));
    runs.set(call, run);
    const { label, until } = typeof operation === 'function' ? ({} as { label?: string; until?: never }) : operation;
    return { label: label ?? (call.name || `operation ${index}`), run, ...(until === undefined ? {} : { until }) };
  };
}

/** Runs an operation and then its callbacks. If it returns a function, that says the result. */
function perform<S>(mem: Memory, call: Run<S>, shared: S, ...before: readonly unknown[]): unknown {
  const loop = new EventLoop(mem);
  return during({ kind: 'operation', mem, loop }, () => resultOf(call, loop, shared, ...before));
}

function resultOf<S>(call: Run<S>, loop: EventLoop, shared: S, ...before: readonly unknown[]): unknown {
  const result = call(shared, ...before);
  loop.run();
  return typeof result === 'function' ? (result as () => unknown)() : result;
}

function propertiesOf<S>(definition: SharedDefinition<S>, shared: S, where: string): Properties {
  const names = Object.keys(definition.actors);
  const viewOf = (view: StateView): unknown => ({ view, results: resultsOf(names, view) });
  const build = (kind: PropertyKind): Record<string, (state: StateView) => boolean | string> =>
    Object.fromEntries(
      entriesOf((definition[kind] ?? {}) as Record<string, unknown>, `${where}: ${kind}`).map(([property, holds]) => {
        const path = `${where}: ${kind}.${property}`;
        if (typeof holds !== 'function') throw new BadInput(`${path} is ${show(holds)}: must be a function`);
        const ask = (of: unknown): unknown => {
          const { view, results } = of as { view: StateView; results: unknown };
          return during({ kind: 'property', mem: new PropertyMemory(view), loop: undefined }, () =>
            holds(shared, results),
          );
        };
        return [property, evaluateProperty(kind, ask, viewOf, path)];
      }),
    );
  return {
    ...noProperties,
    always: build('always') as Properties['always'],
    sometimes: build('sometimes') as Properties['sometimes'],
    finally: build('finally'),
  };
}

/** By actor: what its operations have returned so far. They are read only if they are asked for. */
function resultsOf(names: readonly string[], view: StateView): object {
  const results = {};
  for (const [i, name] of names.entries())
    Object.defineProperty(results, name, { enumerable: true, get: () => view.results[i] });
  return results;
}

function entriesOf<T>(value: Readonly<Record<string, T>>, where: string): [string, T][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadInput(`${where} is ${show(value)}: must be an object`);
  return Object.entries(value);
}

/**
 * A number from 0 to `count` - 1 that the scheduler chooses: see `Memory.choose`. In an operation
 * of a shared scenario alone.
 */
export function choose(count: number): number {
  const now = activity();
  if (now?.kind === 'trial') return 0;
  if (now?.kind !== 'operation' || now.mem === undefined)
    throw new TypeError('choose is called outside of an operation');
  return now.mem.choose(count);
}
