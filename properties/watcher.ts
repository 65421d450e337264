import type { Execution } from '../src/explore/execution/execution.ts';
import type { Stop } from '../src/explore/execution/stop.ts';
import type { Violation } from '../src/explore/execution/violation.ts';
import type { PropertyChecker } from '../src/explore/search/searchProgress.ts';
import { lenient } from '../test/explore/programs.ts';
import { classOf } from './happensBeforeClass.ts';

/** What the executions of one program showed. */
interface Seen {
  /** Number of executions by class of maximal execution, with the kind of its end. */
  readonly classes: Map<string, number>;
  /** Classes in which no thread completed an iteration of a spin loop. */
  readonly straight: Set<string>;
  /**
   * Final states: the kind of end, memory, results. Without those of blocked executions in
   * programs with spin loops: other searches block elsewhere.
   */
  readonly ends: Set<string>;
  readonly events: Set<string>;
}

/** Records what the executions of a search show, and reports no violation. */
export class Watcher implements PropertyChecker {
  readonly seen: Seen = { classes: new Map(), straight: new Set(), ends: new Set(), events: new Set() };
  readonly resultsMatter = true;
  halted = 0;
  readonly execution: Execution;
  private readonly withClasses: boolean;

  constructor(execution: Execution, withClasses: boolean) {
    this.execution = execution;
    this.withClasses = withClasses;
  }

  atEnd(stop: Stop): Violation | undefined {
    const { execution, seen } = this;
    const { tree, nodes, node, steps } = execution;
    const { spins } = tree;
    if (spins.size === 0 || stop.kind !== 'blocked')
      seen.ends.add(`${stop.kind} ${execution.bytes.u32.join()} ${JSON.stringify(execution.results)}`);
    seen.events.add(stop.kind);
    if (stop.kind === 'blocked') this.halted++;
    if (!this.withClasses) return undefined;
    const name = `${stop.kind}: ${classOf(execution)}`;
    seen.classes.set(name, (seen.classes.get(name) ?? 0) + 1);
    const isIteration = (at: number): boolean => spins.has(at);
    if (!nodes.subarray(0, steps).some(isIteration) && !node.some(isIteration)) seen.straight.add(name);
    return undefined;
  }

  key(): string {
    return '';
  }

  sees(): boolean {
    return false;
  }
}

/** Reports deadlocks and failed checks; the search ends with the first. */
export const strict: PropertyChecker = {
  ...lenient,
  atEnd: (stop) =>
    stop.kind === 'deadlock' ? { property: 'deadlock', message: '' } : 'violation' in stop ? stop.violation : undefined,
};
