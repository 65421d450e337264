import { isWrite, Kind, kindNames, kindOf, placeOf } from '../../memory/memory.ts';
import type { Execution } from '../execution/execution.ts';
import type { Violation } from '../execution/violation.ts';
import type { ByteRanges } from './byteRanges.ts';
import type { ThreadView, Views } from './threadView.ts';

/** What a data race violates. */
export const DATA_RACE = 'no data race';

/** What is looked at: see `WeakExecution`. */
export interface HappensBeforeQuery extends Execution {
  readonly atoms: ByteRanges;
  readonly views: Views;
  readonly known: readonly ThreadView[];
  readonly stepsOf: readonly (readonly number[])[];
}

/**
 * Data races: two accesses to a byte by two actors, one of them a write and one of them plain, of which neither happens before the other. What happens before what
 * is in the views: of each thread, up to which of its writes and reads.
 *
 * It keeps nothing of an execution, so that there is nothing to undo. Where no cell is accessed plainly, it looks at nothing.
 */
export class DataRaces {
  /** How many atoms were accessed plainly so far, in any execution: nothing else can be raced for. */
  plainAtoms = 0;
  private readonly execution: HappensBeforeQuery;
  /** By atom: whether it is one of those; whether races for it are meant. */
  private readonly isPlain: Uint8Array;
  private readonly isMeant: Uint8Array;
  /** By access code: whether it accesses what can be raced for, YES or NO; 0 where nobody has asked since that last changed. */
  private readonly answers: Uint8Array;

  constructor(execution: HappensBeforeQuery) {
    this.execution = execution;
    const { atoms, program } = execution;
    this.isPlain = new Uint8Array(atoms.count);
    this.answers = new Uint8Array(32 * atoms.of.length);
    this.isMeant = Uint8Array.from(atoms.offset, (at) =>
      program.racy?.some(({ offset, bits }) => at >= offset && at < offset + bits / 8) ? 1 : 0,
    );
  }

  /** The race of step `s`, the last one, with one before. */
  at(s: number): Violation | undefined {
    const { execution } = this;
    const { footprints, stepsOf, views } = execution;
    const code = footprints[s];
    const thread = execution.schedule[s];
    if (this.learns(thread, code)) this.learn(code);
    if (!this.matters(thread, code)) return undefined;
    // As it is after the step: what a load has acquired comes before the load itself. An `rmb` orders loads alone.
    const { current, ahead } = execution.known[thread];
    const isRead = !isWrite(kindOf(code));
    const upTo = (index: number): number => (isRead ? Math.max(current[index], ahead[index]) : current[index]);
    for (let other = 0; other < stepsOf.length; other++) {
      if (other === thread) continue;
      const [written, read] = [upTo(views.writes(other)), upTo(views.reads(other))];
      const least = Math.min(written, read);
      // What comes before one that is known is known, too.
      for (let n = stepsOf[other].length; n > least; n--) {
        const before = stepsOf[other][n - 1];
        const theirs = footprints[before];
        if (n <= (isWrite(kindOf(theirs)) ? written : read)) continue;
        if (this.matters(other, theirs) && this.conflict(code, theirs)) return this.race(before, s);
      }
    }
    return undefined;
  }

  /** Whether an access can be part of a race that is not meant, as far as is known by now. */
  matters(thread: number, code: number): boolean {
    if (this.plainAtoms === 0 || this.execution.program.actors[thread].racy) return false;
    if (this.answers[code] === 0) this.answers[code] = this.isConcerned(code) ? YES : NO;
    return this.answers[code] === YES;
  }

  private isConcerned(code: number): boolean {
    return isData(code) && this.atomsOf(code).some((atom) => this.canRace(atom));
  }

  /** The atoms of an access that can be raced for. */
  atomsOf(code: number): readonly number[] {
    return this.execution.atoms.of[placeOf(code)];
  }

  canRace(atom: number): boolean {
    return this.isPlain[atom] === 1;
  }

  private learns(thread: number, code: number): boolean {
    return isPlain(kindOf(code)) && !this.execution.program.actors[thread].racy;
  }

  private learn(code: number): void {
    for (const atom of this.atomsOf(code)) {
      if (this.isPlain[atom] || this.isMeant[atom]) continue;
      this.isPlain[atom] = 1;
      this.plainAtoms++;
      this.answers.fill(0);
    }
  }

  private conflict(a: number, b: number): boolean {
    const [one, other] = [kindOf(a), kindOf(b)];
    if (!(isWrite(one) || isWrite(other)) || !(isPlain(one) || isPlain(other))) return false;
    const atoms = this.atomsOf(b);
    return this.atomsOf(a).some((atom) => this.isPlain[atom] === 1 && atoms.includes(atom));
  }

  /** It is told in the order of the actors, as it is the same race whichever came first. */
  private race(a: number, b: number): Violation {
    const { schedule } = this.execution;
    const [first, second] = schedule[a] < schedule[b] ? [a, b] : [b, a];
    return {
      property: DATA_RACE,
      message: `${this.tell(first)} and ${this.tell(second)}: neither happens before the other`,
    };
  }

  /** `write x by a at file.mjs:3:7` */
  private tell(s: number): string {
    const { tree, nodes, places, program, schedule } = this.execution;
    const code = tree.code[nodes[s]];
    const line = this.execution.lineOf(s);
    const what = `${kindNames[kindOf(code)]} ${places[placeOf(code)].name} by ${program.actors[schedule[s]].name}`;
    return line === undefined ? what : `${what} at ${line}`;
  }
}

const YES = 1;
const NO = 2;

export const isPlain = (kind: number): boolean => kind <= Kind.write;

const isData = (code: number): boolean => kindOf(code) <= Kind.fetchOr || kindOf(code) === Kind.wait;
