import type { Execution } from '../../explore/execution/execution.ts';
import { isFence, isRead, isWrite, Kind, kindNames, kindOf, placeOf } from '../../memory/kinds.ts';
import { overlapTable } from '../../memory/layout.ts';

/** Stands for the step that wrote the initial value. */
export const INITIAL_WRITE = -1;

/** The reads-from pairs of executions of one program. */
export class ReadsFromCoverage {
  private readonly execution: Execution;
  /** By place: the places that share bytes with it, itself included. */
  private readonly overlaps: readonly (readonly number[])[];
  /** By place: the step that wrote it last, or `INITIAL_WRITE`. */
  private readonly lastWriter: Int32Array;

  constructor(execution: Execution) {
    const { places } = execution;
    this.execution = execution;
    this.overlaps = overlapTable(places);
    this.lastWriter = new Int32Array(places.length);
  }

  /**
   * HOT. Calls `onRead` for each step that reads, with the step that it reads from: the latest one
   * if there are several. Taking a lock reads from the step that released it. Calls `onOverwrite`
   * for each step that writes, with the step whose write it replaces.
   */
  forEach(
    onRead: (from: number, step: number) => void,
    onOverwrite: (from: number, step: number) => void = () => {},
  ): void {
    const { execution, overlaps, lastWriter } = this;
    const { steps, footprints } = execution;
    lastWriter.fill(INITIAL_WRITE);
    for (let s = 0; s < steps; s++) {
      const kind = kindOf(footprints[s]);
      if (isFence(kind)) continue;
      const place = placeOf(footprints[s]);
      if (isRead(kind) || kind === Kind.lock) {
        const sources = execution.memory.readsFrom(s);
        if (sources !== undefined) onRead(Math.max(...sources.map(({ from }) => from)), s);
        else {
          let from = INITIAL_WRITE;
          for (const other of overlaps[place]) from = Math.max(from, lastWriter[other]);
          onRead(from, s);
        }
      }
      if (!isWrite(kind) || kind === Kind.lock) continue;
      if (lastWriter[place] !== INITIAL_WRITE) onOverwrite(lastWriter[place], s);
      lastWriter[place] = s;
    }
  }

  /**
   * The reads-from pairs between two threads, as sorted texts without duplicates. Indices are left
   * out, so that one bug gives the same pairs in scenarios of any size. Locks are left out too:
   * they only repeat the order of the critical sections.
   */
  communicationPairs(): string[] {
    const pairs = new Set<string>();
    this.forEach((from, s) => {
      if (from === INITIAL_WRITE || this.threadOf(from) === this.threadOf(s) || this.isLock(s)) return;
      pairs.add(`${this.site(from)} -> ${this.site(s)}`);
    });
    return [...pairs].sort();
  }

  /**
   * The steps that communicate between threads, in order: those that read or overwrite what another
   * thread wrote, and those that wrote it.
   */
  communicatingSteps(): number[] {
    const found = new Set<number>();
    const add = (from: number, to: number): void => {
      if (from === INITIAL_WRITE || this.threadOf(from) === this.threadOf(to) || this.isLock(to)) return;
      found.add(from).add(to);
    };
    this.forEach(add, add);
    return [...found].sort((a, b) => a - b);
  }

  private threadOf(s: number): number {
    return this.execution.schedule[s] % this.execution.program.actors.length;
  }

  private isLock(s: number): boolean {
    return kindOf(this.execution.footprints[s]) === Kind.lock;
  }

  private site(s: number): string {
    const { execution } = this;
    const { name, operations } = execution.program.actors[this.threadOf(s)];
    const code = execution.footprints[s];
    const { label } = operations[execution.tree.operation[execution.nodes[s]]];
    return stripIndices(`${name} [${label}] ${kindNames[kindOf(code)]} ${execution.places[placeOf(code)].name}`);
  }
}

/** A name without its indices, so that all rings, pages and vCPUs have equal names. */
export const stripIndices = (name: string): string =>
  name.replace(/(page|write) #?\d[\d:]*(, \d[\d:]*)*/g, '$1 #').replace(/0x[0-9a-f]+|\d+/g, '#');
