import type { Scenario } from '../../check/scenario.ts';
import { noLimits } from '../../explore/limits.ts';
import { profileOf } from '../../explore/profile.ts';
import { depthFirstSearch } from '../../explore/search/dfs.ts';
import type { PropertyChecker } from '../../explore/search/searchProgress.ts';
import { StateCache } from '../../explore/states/stateCache.ts';
import { overlapTable } from '../../memory/layout.ts';
import { isFence, isRead, isWrite, Kind, kindOf, placeOf } from '../../memory/memory.ts';
import { type CheckedExecution, createRun, type MemoryConfig } from '../createRun.ts';

/** What is spent on finding out what operations access: steps of one execution, steps in all, bytes of states. */
const STEPS_MAX = 2_000;
const EXECUTIONS_MAX = 10_000;
const STATES_BYTES = 1 << 23;

/** What an operation may do, as far as it has been seen: ids of places. */
interface Accesses {
  /** What it changes, or where it wakes others. */
  readonly changes: Set<number>;
  /** What it depends on. */
  readonly sees: Set<number>;
}

/**
 * Which operations could have ended a wait. A smaller scenario in which threads wait in vain is a finding only if none of these is left out: without the
 * operation that wakes it, a thread sleeps whatever the code does.
 */
export class Wakers {
  /** By name of an operation. */
  private readonly accesses = new Map<string, Accesses>();
  private readonly names: ReadonlyMap<string, number>;
  private readonly ids: ReadonlyMap<string, number>;

  constructor(scenario: Scenario, machine: MemoryConfig, seconds: number) {
    this.names = namesOf(scenario);
    const { execution } = createRun(scenario, STEPS_MAX, machine);
    this.ids = new Map(execution.places.map(({ name, id }) => [name, id]));
    execution.observer = null;
    profileOf(execution, 1, seconds / 2);
    this.take(execution, scenario);
    const limits = { ...noLimits, seconds: seconds / 2, executions: EXECUTIONS_MAX, bytes: STATES_BYTES };
    depthFirstSearch(execution, nobody, limits, { states: new StateCache(execution, nobody) });
    this.take(execution, scenario);
  }

  /** Whether all operations that could have ended the waits of a stopped execution are still in its scenario. */
  areKept({ execution }: CheckedExecution, smaller: Scenario): boolean {
    const left = namesOf(smaller);
    const removed = [...this.names].filter(([name, count]) => (left.get(name) ?? 0) < count).map(([name]) => name);
    if (removed.length === 0) return true;
    // Who changes what is waited for, who changes what that depends on, and so on.
    const awaited = new Set(execution.awaited().flatMap(({ name }) => this.ids.get(name) ?? []));
    for (let before = -1; awaited.size !== before; ) {
      before = awaited.size;
      for (const { changes, sees } of this.accesses.values())
        if ([...changes].some((place) => awaited.has(place))) for (const place of sees) awaited.add(place);
    }
    return !removed.some((name) => [...(this.accesses.get(name)?.changes ?? [])].some((place) => awaited.has(place)));
  }

  private take(execution: CheckedExecution['execution'], { program }: Scenario): void {
    const { places } = execution;
    const overlapping = overlapTable(places);
    for (const { thread, operation, code } of execution.accessesSeen()) {
      const kind = kindOf(code);
      if (isFence(kind)) continue;
      const name = nameOf(program.actors[thread].name, program.actors[thread].operations[operation].label);
      let of = this.accesses.get(name);
      if (of === undefined) {
        of = { changes: new Set(), sees: new Set() };
        this.accesses.set(name, of);
      }
      for (const id of overlapping[placeOf(code)]) {
        if (isWrite(kind) || kind === Kind.wake) of.changes.add(id);
        if (isRead(kind) || kind === Kind.lock || kind === Kind.resume) of.sees.add(id);
      }
    }
  }
}

const nobody: PropertyChecker = { atEnd: () => undefined, key: () => '', resultsMatter: false, sees: () => false };

const nameOf = (actor: string, label: string): string => `${actor}: ${label}`;

/** The operations of a scenario, and how often it has each. What was left out has another label. */
function namesOf({ program }: Scenario): Map<string, number> {
  const names = new Map<string, number>();
  for (const { name: actor, operations } of program.actors)
    for (const { label } of operations) {
      const name = nameOf(actor, label);
      names.set(name, (names.get(name) ?? 0) + 1);
    }
  return names;
}
