import type { Scenario } from '../../check/scenario.ts';
import { awaitedPlaces } from '../../explore/execution/waiting.ts';
import { noLimits } from '../../explore/limits.ts';
import { profileOf } from '../../explore/profile.ts';
import { depthFirstSearch } from '../../explore/search/dfs.ts';
import type { PropertyChecker } from '../../explore/search/searchProgress.ts';
import { StateCache } from '../../explore/states/stateCache.ts';
import { changesQueue, isFence, isRead, isWrite, Kind, kindOf, placeOf } from '../../memory/kinds.ts';
import { overlapTable } from '../../memory/layout.ts';
import { type CheckedExecution, createRun, type MemoryConfig } from '../createRun.ts';

/** Limits of the search for accesses: steps of one execution, executions, memory for states. */
const STEPS_MAX = 2_000;
const EXECUTIONS_MAX = 10_000;
const SEEN_STATES_BYTES = 1 << 23;

/** The accesses of an operation that were seen: ids of places. */
interface Accesses {
  /** Places that it writes, or at which it wakes threads. */
  readonly writes: Set<number>;
  /** Places that it reads, or whose lock it takes. */
  readonly reads: Set<number>;
}

/**
 * Finds the operations that could have woken a waiting thread. A smaller scenario with a deadlock
 * or livelock counts only if it has all of them. Without the operation that wakes it, a thread
 * sleeps whatever the code does.
 */
export class Wakers {
  /** By name of an operation, over its executions by a few schedulers and by a bounded search. */
  private readonly accesses = new Map<string, Accesses>();
  /** By name of an operation: how often the scenario has it. */
  private readonly names: ReadonlyMap<string, number>;
  /** By name of a place. */
  private readonly ids: ReadonlyMap<string, number>;

  /** @param seconds limit of time. */
  constructor(scenario: Scenario, memory: MemoryConfig, seconds: number) {
    this.names = countNames(scenario);
    const { execution } = createRun(scenario, STEPS_MAX, memory);
    this.ids = new Map(execution.places.map(({ name, id }) => [name, id]));
    execution.observer = null;
    profileOf(execution, 1, seconds / 2);
    this.record(execution, scenario);
    const limits = { ...noLimits, seconds: seconds / 2, executions: EXECUTIONS_MAX, bytes: SEEN_STATES_BYTES };
    depthFirstSearch(execution, noChecker, limits, { states: new StateCache(execution, noChecker) });
    this.record(execution, scenario);
  }

  /**
   * Whether `smaller` still has every operation that could have woken a thread of the stopped
   * execution.
   */
  areKept({ execution }: CheckedExecution, smaller: Scenario): boolean {
    const left = countNames(smaller);
    const removed = [...this.names].filter(([name, count]) => (left.get(name) ?? 0) < count).map(([name]) => name);
    if (removed.length === 0) return true;
    // The places that are waited for, and transitively those that the operations writing them read.
    const awaited = new Set(awaitedPlaces(execution).flatMap(({ name }) => this.ids.get(name) ?? []));
    for (let before = -1; awaited.size !== before; ) {
      before = awaited.size;
      for (const { writes, reads } of this.accesses.values())
        if ([...writes].some((place) => awaited.has(place))) for (const place of reads) awaited.add(place);
    }
    return !removed.some((name) => [...(this.accesses.get(name)?.writes ?? [])].some((place) => awaited.has(place)));
  }

  private record(execution: CheckedExecution['execution'], { program }: Scenario): void {
    const { places } = execution;
    const overlapping = overlapTable(places);
    for (const { thread, operation, code } of execution.threads.code.accesses()) {
      const kind = kindOf(code);
      if (isFence(kind)) continue;
      const name = operationName(program.actors[thread].name, program.actors[thread].operations[operation].label);
      let accesses = this.accesses.get(name);
      if (accesses === undefined) {
        accesses = { writes: new Set(), reads: new Set() };
        this.accesses.set(name, accesses);
      }
      for (const id of overlapping[placeOf(code)]) {
        if (isWrite(kind) || changesQueue(kind)) accesses.writes.add(id);
        if (isRead(kind) || kind === Kind.lock || kind === Kind.resume || kind === Kind.resumeFor)
          accesses.reads.add(id);
      }
    }
  }
}

const noChecker: PropertyChecker = { atEnd: () => undefined, key: () => '', resultsMatter: false, sees: () => false };

const operationName = (actor: string, label: string): string => `${actor}: ${label}`;

/** How often a scenario has each operation. An omitted operation has another label. */
function countNames({ program }: Scenario): Map<string, number> {
  const names = new Map<string, number>();
  for (const { name: actor, operations } of program.actors)
    for (const { label } of operations) {
      const name = operationName(actor, label);
      names.set(name, (names.get(name) ?? 0) + 1);
    }
  return names;
}
