import {
  accessCode,
  isData,
  isFullFence,
  isPlain,
  isRmw,
  isWait,
  isWrite,
  kindNames,
  kindOf,
  placeOf,
} from '../../../memory/kinds.ts';
import type { Execution } from '../../execution/execution.ts';
import { lineOf } from '../../execution/trace.ts';
import type { RacingAccess, Violation } from '../../execution/violation.ts';
import type { ByteRanges } from '../byteRanges.ts';
import type { MessageView, ThreadView, Views } from './threadView.ts';

/** Which accesses of an execution happen before which: the views say it. */
export interface HappensBeforeQuery {
  readonly locations: ByteRanges;
  readonly views: Views;
  /** By thread: its views, and its steps. */
  readonly threadViews: readonly ThreadView[];
  readonly stepsOf: readonly (readonly number[])[];
  /** What happens before the last read-modify-write with full order: its second fence is later. */
  readonly beforeSecondFence: () => MessageView;
}

/**
 * HOT under `rc11`. Data races: two accesses to a byte by two actors, of which neither happens
 * before the other. One of them is a write, and one of them is plain. A view says of each thread up
 * to which of its writes and reads it happens after them.
 *
 * It keeps nothing of an execution, so there is nothing to undo. Where no cell is accessed plainly,
 * it does nothing.
 */
export class DataRaces {
  /**
   * How many locations were accessed plainly in any execution so far. Nothing else can be raced
   * for.
   */
  plainLocations = 0;
  private readonly execution: Execution;
  private readonly order: HappensBeforeQuery;
  /** By location: whether it is one of those; whether races for it are meant. */
  private readonly isPlain: Uint8Array;
  private readonly isMeant: Uint8Array;
  /**
   * By access code: whether it accesses what can be raced for, YES or NO; 0: not asked since that
   * last changed.
   */
  private readonly answers: Uint8Array;

  constructor(execution: Execution, order: HappensBeforeQuery) {
    this.execution = execution;
    this.order = order;
    const { locations } = order;
    const { racy } = execution.program;
    this.isPlain = new Uint8Array(locations.count);
    this.answers = new Uint8Array(accessCode(0, locations.of.length));
    this.isMeant = Uint8Array.from(locations.offset, (at) =>
      racy?.some(({ offset, bits }) => at >= offset && at < offset + bits / 8) ? 1 : 0,
    );
  }

  /** The race of step `s`, the last one, with one before. */
  at(s: number): Violation | undefined {
    const { footprints, schedule } = this.execution;
    const { stepsOf, threadViews, views } = this.order;
    const code = footprints[s];
    const thread = schedule[s];
    if (this.learns(thread, code)) this.learn(code);
    if (!this.matters(thread, code)) return undefined;
    // The views after the step: what a load has acquired comes before the load itself. An `rmb`
    // orders loads alone.
    const isFullRmw = isRmw(kindOf(code)) && isFullFence(kindOf(code));
    const { current, loads } = isFullRmw
      ? { current: this.order.beforeSecondFence(), loads: views.initial }
      : threadViews[thread];
    const isRead = !isWrite(kindOf(code));
    const upTo = (index: number): number => (isRead ? Math.max(current[index], loads[index]) : current[index]);
    for (let other = 0; other < stepsOf.length; other++) {
      if (other === thread) continue;
      const [written, read] = [upTo(views.writes(other)), upTo(views.reads(other))];
      const least = Math.min(written, read);
      // What happens before an access that happens before step `s` does, too.
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
    if (this.plainLocations === 0 || this.execution.program.actors[thread].racy) return false;
    if (this.answers[code] === 0) this.answers[code] = this.isConcerned(code) ? YES : NO;
    return this.answers[code] === YES;
  }

  private isConcerned(code: number): boolean {
    const kind = kindOf(code);
    return (isData(kind) || isWait(kind)) && this.locationsOf(code).some((location) => this.canRace(location));
  }

  /** The locations of an access. */
  locationsOf(code: number): readonly number[] {
    return this.order.locations.of[placeOf(code)];
  }

  canRace(location: number): boolean {
    return this.isPlain[location] === 1;
  }

  private learns(thread: number, code: number): boolean {
    return isPlain(kindOf(code)) && !this.execution.program.actors[thread].racy;
  }

  private learn(code: number): void {
    for (const location of this.locationsOf(code)) {
      if (this.isPlain[location] || this.isMeant[location]) continue;
      this.isPlain[location] = 1;
      this.plainLocations++;
      this.answers.fill(0);
    }
  }

  private conflict(a: number, b: number): boolean {
    const [one, other] = [kindOf(a), kindOf(b)];
    if (!(isWrite(one) || isWrite(other)) || !(isPlain(one) || isPlain(other))) return false;
    const locations = this.locationsOf(b);
    return this.locationsOf(a).some((location) => this.isPlain[location] === 1 && locations.includes(location));
  }

  /** In the order of the actors, as it is the same race whichever came first. */
  private race(a: number, b: number): Violation {
    const { schedule } = this.execution;
    const [first, second] = schedule[a] < schedule[b] ? [a, b] : [b, a];
    const race = [this.accessOf(first), this.accessOf(second)] as const;
    return {
      property: 'no data race',
      message: `${inWords(race[0])} and ${inWords(race[1])}: neither happens before the other`,
      category: 'data-race',
      race,
    };
  }

  private accessOf(s: number): RacingAccess {
    const { tree, nodes, places, program, schedule } = this.execution;
    const code = tree.code[nodes[s]];
    return {
      kind: kindOf(code),
      place: places[placeOf(code)].name,
      actor: program.actors[schedule[s]].name,
      line: lineOf(this.execution, s),
    };
  }
}

/** `write x by a at file.mjs:3:7` */
function inWords({ kind, place, actor, line }: RacingAccess): string {
  const what = `${kindNames[kind]} ${place} by ${actor}`;
  return line === undefined ? what : `${what} at ${line}`;
}

const YES = 1;
const NO = 2;
