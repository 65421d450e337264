import type { Scenario } from '../../src/check/scenario.ts';
import { noLimits } from '../../src/explore/limits.ts';
import type { Cell, Cell64, Place } from '../../src/memory/cell.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { searchHere } from '../../src/run/search/search.ts';
import { buildVm } from '../../src/scenario/vm.ts';
import { smallVm } from '../../src/trackers/scenarios/trackerScenario.ts';
import type { ActorSpec, VmSpec } from '../../src/vm/spec.ts';
import { searchSpec } from '../searches.ts';

/** An access that a subject is about to make. */
export interface Access {
  readonly call: keyof Memory;
  readonly place: Place;
  readonly value: number | bigint | undefined;
  readonly mem: Memory;
  /** Performs the access, with another value if one is given. */
  go(value?: number | bigint): unknown;
}

/** A fault: performs an access differently, or not at all. `access.go()` performs it unchanged. */
export type Edit = (access: Access) => unknown;
/**
 * Creates the fault of one operation, so that it can keep state during this operation. `named`
 * finds a place by its name.
 */
export type MakeEdit = (named: (name: string) => Place) => Edit;

/**
 * A scenario with a fault in the accesses of its operations: an access is left out, changed or
 * moved. The code of the tracker is unchanged, because these tests are about the rules of trackers.
 * The properties under `finally` are removed, so that only the rules of steps can be violated.
 */
export function withFault(spec: VmSpec, edit: MakeEdit): Scenario {
  const scenario = buildVm(spec);
  const named = (name: string): Place => scenario.program.layout.places.find((place) => place.name === name)!;
  const actors = scenario.program.actors.map((actor) => ({
    ...actor,
    operations: actor.operations.map((operation) => ({
      ...operation,
      run: (mem: Memory) => operation.run(through(mem, edit(named))),
    })),
  }));
  const properties = { ...scenario.properties, finally: {} };
  return { ...scenario, program: { ...scenario.program, actors }, properties };
}

function through(mem: Memory, edit: Edit): Memory {
  return new Proxy(mem, {
    get(target, call) {
      const of = Reflect.get(target, call);
      if (typeof of !== 'function') return of;
      return (...args: (number | bigint | Cell | Cell64)[]) => {
        if (args.length === 0) return of.apply(target, args);
        const [place, ...values] = args;
        const go = (value?: number | bigint) =>
          of.apply(target, value === undefined ? args : [place, ...values.slice(0, -1), value]);
        return edit({ call: call as keyof Memory, place: place as Place, value: values.at(-1) as number, mem, go });
      };
    },
  });
}

/**
 * The first property that a search of all states finds violated. Undefined if it finds none and
 * completes.
 */
export function found(scenario: Scenario): string | undefined {
  const { violation, limit, missing } = searchHere(scenario, searchSpec(), { ...noLimits, seconds: 20 });
  if (limit !== undefined) return `limit: ${limit}`;
  return violation === undefined ? missing[0] && `sometimes: ${missing[0]}` : violation.property;
}

/** A VM with one ring and one slot of two pages, unless `shape` says otherwise. */
export const specOf = (tracker: string, actors: readonly ActorSpec[], shape: Partial<VmSpec> = {}): VmSpec =>
  smallVm(tracker, 'small', [{ size: 2, leeway: 0 }], actors, shape);

/** A fault in the accesses of kind `call` to places whose name matches `place`. */
export const on = (call: keyof Memory | readonly (keyof Memory)[], place: string | RegExp, then: Edit) => (): Edit => {
  const calls = ([] as (keyof Memory)[]).concat(call);
  return (access) =>
    calls.includes(access.call) &&
    (typeof place === 'string' ? access.place.name === place : place.test(access.place.name))
      ? then(access)
      : access.go();
};
/** Several faults in sequence: each sees the accesses that the one before performs. */
export const all =
  (...edits: readonly MakeEdit[]): MakeEdit =>
  (named) => {
    const made = edits.map((edit) => edit(named));
    const from = (i: number, access: Access): unknown =>
      i === made.length
        ? access.go()
        : made[i]({ ...access, go: (value) => from(i + 1, { ...access, go: () => access.go(value) }) });
    return (access) => from(0, access);
  };
export const asItIs = (): Edit => (access) => access.go();
export const leftOut: Edit = ({ call }) => (call.startsWith('load') ? 0 : undefined);
export const asValue =
  (change: (value: number) => number): Edit =>
  ({ value, go }) =>
    go(change(Number(value)));
