import { PROBE } from './instrument.ts';
import { isMemory, OPAQUE, snapshot } from './snapshot.ts';

/** The state of a function when it came to the head of a loop. */
interface Visit {
  /** Accesses of the operation before it. */
  readonly accesses: number;
  /** The variables of the function; and those that closures hold on to, by the frame that has them, as of then. */
  readonly variables: string;
  readonly shared: readonly string[];
}

/** The visits of one call of a function to one of its loops. */
class Visits {
  readonly byState = new Map<string, Visit[]>();
  /** How often the loop has begun an iteration since it was entered, not counting those without an access. */
  iterations: number;
  /** Accesses before the last of them. */
  last = -1;
  private readonly around: readonly string[];
  private readonly first: number;

  /** @param begun 1 where the loop begins an iteration before it asks whether to. */
  constructor(around: readonly string[], begun: number) {
    this.around = around;
    this.iterations = this.first = begun - 1;
  }

  /** A loop begins an iteration: where it is one around this, this will be entered anew. */
  restart(place: string): void {
    if (this.around.includes(place)) this.iterations = this.first;
  }
}

/** Calls with closures that one operation may make before its state counts as not known: all of them are looked at each time. */
const FRAMES_MAX = 1000;
/** The same of the variables of one call: a closure that is made in a loop has its own in each iteration. */
const SHARED_MAX = 100;

/** A loop in a user's code. */
export interface LoopSeen {
  /** `file:line:column` of the loop. */
  readonly place: string;
  readonly iterations: number;
}

/**
 * Watches the loops of one run of an operation. Where a function comes to the head of a loop in a state in which the same call was there before, what it does next
 * is what it did then, whatever happened in between: the operation is a function of its state. Only its own variables, what closures hold on to and `this`
 * are its state, as operations touch nothing else; the functions that called it stand still meanwhile.
 */
export class LoopTracker {
  /** Accesses of the operation so far. */
  accesses = 0;
  /** The number of the access that comes next, where the operation is in a state again that it had before; -1: it is not. */
  repeated = -1;
  /** The number of accesses at the last visit whose state could be seen; -1: none. */
  lastKnown = -1;
  /** Whether some state could not be seen: then a loop may be one without a state, or not. */
  sawUnknown = false;
  /** Iterations of a loop that may be begun; more throw `BeyondBound`. */
  readonly iterationsMax: number;
  private isOpaque = false;
  /** Visits before so many accesses were compared when these were new. */
  private readonly from: number;
  private readonly frames: Frame[] = [];
  private readonly visits = new Map<Frame, Map<string, Visits>>();

  constructor(from: number, iterationsMax: number) {
    this.from = from;
    this.iterationsMax = iterationsMax;
  }

  /** The loop that has begun the most iterations, or undefined. */
  get longest(): LoopSeen | undefined {
    let longest: LoopSeen | undefined;
    for (const loops of this.visits.values())
      for (const [place, { iterations }] of loops)
        if (iterations > (longest?.iterations ?? 0)) longest = { place, iterations };
    return longest;
  }

  /** From here on no state of the operation is known: it has variables that nobody can see. */
  hide(): void {
    this.isOpaque = this.sawUnknown = true;
  }

  enter(frame: Frame): void {
    this.frames.push(frame);
    if (this.frames.length > FRAMES_MAX) this.hide();
  }

  /** A delay is under way, or a loop over the elements of something: it ends. */
  ends(): void {
    this.lastKnown = this.accesses;
  }

  /** A loop over the elements of something begins an iteration. */
  next(frame: Frame, place: string): void {
    this.ends();
    for (const visits of this.visits.get(frame)?.values() ?? []) visits.restart(place);
  }

  /** @param around the loops of the same function that it is inside of. @param turns iterations of those whose own state nobody sees. */
  at(
    frame: Frame,
    place: string,
    read: (() => unknown[]) | undefined,
    around: readonly string[],
    turns: string,
    begun: number,
  ): void {
    let loops = this.visits.get(frame);
    if (loops === undefined) {
      loops = new Map();
      this.visits.set(frame, loops);
    }
    let visits = loops.get(place);
    if (visits === undefined) {
      visits = new Visits(around, begun);
      loops.set(place, visits);
    }
    if (visits.last === this.accesses) return;
    visits.last = this.accesses;
    for (const inner of loops.values()) inner.restart(place);
    if (++visits.iterations > this.iterationsMax) throw new BeyondBound(place);
    if (read === undefined) this.sawUnknown = true;
    if (read === undefined || this.isOpaque) return;
    const variables = textOf(() => `${turns} ${snapshot(read())}`);
    if (variables === undefined) this.sawUnknown = true;
    if (variables === undefined) return;
    const shared = this.frames.map((other) => other.text());
    if (shared.some((text) => text === undefined)) this.sawUnknown = true;
    if (shared.some((text) => text === undefined)) return;
    this.lastKnown = this.accesses;
    const visit: Visit = { accesses: this.accesses, variables, shared: shared as string[] };
    const alike = visits.byState.get(variables);
    if (alike === undefined) {
      visits.byState.set(variables, [visit]);
      return;
    }
    // Variables of calls that came later are gone, or held by closures that the others would show.
    const before = alike.find((of) => of.shared.every((text, i) => text === visit.shared[i]));
    if (before === undefined) alike.push(visit);
    else if (this.accesses >= this.from) this.repeated = before.accesses;
  }
}

/** Thrown through an operation that begins more iterations of a loop than it may. */
export class BeyondBound {
  readonly place: string;

  constructor(place: string) {
    this.place = place;
  }
}

let tracker: LoopTracker | null = null;

/** Has the loops of the code that runs from here on watched by `by`; null: by nobody. */
export function watchLoops(by: LoopTracker | null): void {
  tracker = by;
}

/** One call of an instrumented function. */
class Frame {
  private readonly shared: (() => unknown)[] = [];
  /** Iterations of the loops over the elements of something, whose own state nobody sees. */
  private readonly counts = new Map<string, number>();

  /** `read` gives variables that closures hold on to. */
  share(read: readonly (() => unknown)[]): void {
    if (this.shared.length === 0) tracker?.enter(this);
    this.shared.push(...read);
    if (this.shared.length > SHARED_MAX) tracker?.hide();
  }

  /**
   * At the head of a loop. `read` gives the variables that matter there; left out: they cannot be known. `around` are the loops that it is inside of.
   */
  at(place: string, read?: () => unknown[], around: readonly string[] = [], begun = 0): void {
    tracker?.at(this, place, read, around, around.map((of) => this.counts.get(of)).join(), begun);
  }

  /** In a delay: see `LoopLiveness`. Its loads are to be of memory, or they may have a state of their own. */
  delay(memories: () => unknown[]): void {
    if (tracker === null) return;
    if (memories().every(isMemory)) tracker.ends();
    else tracker.hide();
  }

  /** At the start of an iteration of a loop over the elements of something. */
  next(place: string): void {
    if (tracker === null) return;
    this.counts.set(place, (this.counts.get(place) ?? 0) + 1);
    tracker.next(this, place);
  }

  /** The state of what closures hold on to; undefined: it cannot be seen. */
  text(): string | undefined {
    return textOf(() =>
      snapshot(
        this.shared.map((read) => {
          try {
            return read();
          } catch {
            return undefined; // not declared yet
          }
        }),
      ),
    );
  }
}

export type { Frame };

function textOf(make: () => string): string | undefined {
  try {
    return make();
  } catch (error) {
    // A variable that is not declared yet, or a value that hides its state.
    if (error === OPAQUE || error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/** What instrumented code calls when a function begins, with what gives the variables that closures hold on to; null: they cannot be known. */
export function enterFunction(shared?: readonly (() => unknown)[] | null): Frame {
  const frame = new Frame();
  if (shared === null) tracker?.hide();
  else if (shared !== undefined) frame.share(shared);
  return frame;
}

/** Lets instrumented code in this thread find `enterFunction`. */
export function installProbe(): void {
  (globalThis as Record<symbol, unknown>)[Symbol.for(PROBE)] ??= enterFunction;
}
