import type { Execution } from '../../explore/execution/execution.ts';
import { overlapTable } from '../../memory/layout.ts';
import { isRead, isWrite, Kind, kindNames, kindOf, placeOf } from '../../memory/memory.ts';

/** From where a step has read, instead of a step: the initial value. */
export const INITIAL_WRITE = -1;

/** Who reads what from whom in executions of one program. */
export class ReadsFromCoverage {
  private readonly execution: Execution;
  /** By place: those that share bytes with it, itself too. */
  private readonly overlaps: readonly (readonly number[])[];
  /** By place: the step that wrote it last; INITIAL: none. */
  private readonly writer: Int32Array;

  constructor(execution: Execution) {
    const { places } = execution;
    this.execution = execution;
    this.overlaps = overlapTable(places);
    this.writer = new Int32Array(places.length);
  }

  /**
   * HOT. Calls `read` for each step that reads, with the step that it has read from, the latest where there are several; a lock that is taken reads who gave it
   * back. And `over` for each that writes over what another step has written.
   */
  each(read: (from: number, step: number) => void, over: (from: number, step: number) => void = () => {}): void {
    const { execution, overlaps, writer } = this;
    const { steps, footprints } = execution;
    writer.fill(INITIAL_WRITE);
    for (let s = 0; s < steps; s++) {
      const kind = footprints[s] & 31;
      if (kind > Kind.wake) continue;
      const place = footprints[s] >>> 5;
      if (isRead(kind) || kind === Kind.lock) {
        const told = execution.readsFrom(s);
        if (told !== undefined) read(Math.max(...told.map(({ from }) => from)), s);
        else {
          let from = INITIAL_WRITE;
          for (const other of overlaps[place]) from = Math.max(from, writer[other]);
          read(from, s);
        }
      }
      if (!isWrite(kind) || kind === Kind.lock) continue;
      if (writer[place] !== INITIAL_WRITE) over(writer[place], s);
      writer[place] = s;
    }
  }

  /**
   * Which accesses communicate across threads, in words, each once and in order: who wrote, and who read it. Numbers are left out, so that one bug is one
   * communication in scenarios of any size; so are locks, which say by themselves who had them before.
   */
  inWords(): string[] {
    const pairs = new Set<string>();
    this.each((from, s) => {
      if (from === INITIAL_WRITE || this.threadOf(from) === this.threadOf(s) || this.isLock(s)) return;
      pairs.add(`${this.site(from)} -> ${this.site(s)}`);
    });
    return [...pairs].sort();
  }

  /** The steps that communicate across threads, in order: those that read what another has written, or write over it, and those that have written that. */
  steps(): number[] {
    const found = new Set<number>();
    const add = (from: number, to: number): void => {
      if (from === INITIAL_WRITE || this.threadOf(from) === this.threadOf(to) || this.isLock(to)) return;
      found.add(from).add(to);
    };
    this.each(add, add);
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

/** A name without its numbers: all rings, pages and vCPUs are alike. */
export const stripIndices = (name: string): string =>
  name.replace(/(page|write) #?\d[\d:]*(, \d[\d:]*)*/g, '$1 #').replace(/0x[0-9a-f]+|\d+/g, '#');
