import { PROBE } from './instrument.ts';
import { isMemory, OPAQUE, snapshot } from './snapshot.ts';

/** The state of a call of a function when it came to the head of a loop. */
interface Visit {
  /** Accesses of the operation before it. */
  readonly accesses: number;
  /** The live variables of the function; and the captured variables of each frame. */
  readonly variables: string;
  readonly shared: readonly string[];
}

/** The visits of one call of a function to the head of one of its loops. */
class Visits {
  readonly byState = new Map<string, Visit[]>();
  /** Iterations begun since the loop was entered, without those that make no access. */
  iterations: number;
  /** Accesses of the operation before the last iteration. */
  last = -1;
  private readonly around: readonly string[];
  private readonly first: number;

  /**
   * @param around the loops of the same function around this one.
   * @param begun 1 for `do`, which begins an iteration before its test; else 0.
   */
  constructor(around: readonly string[], begun: number) {
    this.around = around;
    this.iterations = this.first = begun - 1;
  }

  /**
   * The loop at `place` begins an iteration: if it is around this one, this one will be entered
   * anew.
   */
  restart(place: string): void {
    if (this.around.includes(place)) this.iterations = this.first;
  }
}

/**
 * Calls with captured variables, of one operation. Each visit compares them all; with more, its
 * state counts as unknown.
 */
const FRAMES_MAX = 1000;
/**
 * Captured variables of one call: a closure that is made in a loop captures new ones in each
 * iteration.
 */
const SHARED_MAX = 100;

/** A loop in a user's code. */
export interface LoopSeen {
  /** `file:line:column` of the loop. */
  readonly place: string;
  readonly iterations: number;
}

/**
 * Watches the loops of one pass of an operation. Where a call comes to the head of a loop in a
 * state that it had there before, it does next what it did then. Its state is its own variables,
 * captured variables and `this`: operations touch nothing else, and its callers stand still
 * meanwhile.
 */
export class LoopTracker {
  /** Accesses of the operation so far. */
  accesses = 0;
  /**
   * Where the operation is in a state that it had before: the number of the access that came after
   * it then, from 0. -1: it is not.
   */
  repeated = -1;
  /** The number of accesses before the last visit with a known state; -1: none. */
  lastKnown = -1;
  /** Whether the state of some visit was unknown. */
  sawUnknown = false;
  /** Iterations of a loop that may be begun; more throw `BoundExceeded`. */
  readonly iterationsMax: number;
  private isOpaque = false;
  /** The number of accesses that were known before this pass: earlier visits were compared then. */
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

  /** From here on no state of the operation is known: it has variables that no probe can read. */
  hide(): void {
    this.isOpaque = this.sawUnknown = true;
  }

  enter(frame: Frame): void {
    this.frames.push(frame);
    if (this.frames.length > FRAMES_MAX) this.hide();
  }

  /** The operation is in a loop that will end: a delay, or `for-in` or `for-of`. */
  ends(): void {
    this.lastKnown = this.accesses;
  }

  /** `for-in` or `for-of` begins an iteration. */
  next(frame: Frame, place: string): void {
    this.ends();
    for (const visits of this.visits.get(frame)?.values() ?? []) visits.restart(place);
  }

  /**
   * A call is at the head of a loop.
   *
   * @param read gives its live variables; undefined: they are not known.
   * @param around the loops of the same function around it.
   * @param turns iterations of those that are `for-in` or `for-of`, as text: their own state is
   * hidden.
   * @param begun see `Visits`.
   */
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
    if (visits.last === this.accesses) return; // no access since
    visits.last = this.accesses;
    for (const inner of loops.values()) inner.restart(place);
    if (++visits.iterations > this.iterationsMax) throw new BoundExceeded(place);
    if (read !== undefined && this.isOpaque) return;
    const visit = read && this.visitOf(read, turns);
    if (visit === undefined) {
      this.sawUnknown = true;
      return;
    }
    this.lastKnown = this.accesses;
    this.compare(visit, visits);
  }

  /** The state of a call, or undefined where it is unknown. */
  private visitOf(read: () => unknown[], turns: string): Visit | undefined {
    const variables = textOf(() => `${turns} ${snapshot(read())}`);
    if (variables === undefined) return undefined;
    const shared = this.frames.map((other) => other.text());
    if (!shared.every((text) => text !== undefined)) return undefined;
    return { accesses: this.accesses, variables, shared };
  }

  private compare(visit: Visit, visits: Visits): void {
    const { variables } = visit;
    const alike = visits.byState.get(variables);
    if (alike === undefined) {
      visits.byState.set(variables, [visit]);
      return;
    }
    // Frames that are newer than the earlier visit are left out: their variables are gone, or
    // captured by closures in the others.
    const before = alike.find((of) => of.shared.every((text, i) => text === visit.shared[i]));
    if (before === undefined) alike.push(visit);
    else if (this.accesses >= this.from) this.repeated = before.accesses;
  }
}

/** Thrown through an operation that begins more iterations of a loop than it may. */
export class BoundExceeded {
  readonly place: string;

  constructor(place: string) {
    this.place = place;
  }
}

let tracker: LoopTracker | null = null;

/** From here on `by` watches the loops of the code that runs; null: nothing does. */
export function watchLoops(by: LoopTracker | null): void {
  tracker = by;
}

/** One call of an instrumented function. */
class Frame {
  private readonly shared: (() => unknown)[] = [];
  /** Iterations of `for-in` and `for-of` loops: their own state is hidden. */
  private readonly counts = new Map<string, number>();

  /** `read` gives captured variables. */
  share(read: readonly (() => unknown)[]): void {
    if (this.shared.length === 0) tracker?.enter(this);
    this.shared.push(...read);
    if (this.shared.length > SHARED_MAX) tracker?.hide();
  }

  /** At the head of a loop; see `LoopTracker.at`. */
  at(place: string, read?: () => unknown[], around: readonly string[] = [], begun = 0): void {
    tracker?.at(this, place, read, around, around.map((of) => this.counts.get(of)).join(), begun);
  }

  /**
   * In a delay; see `LoopLiveness.delayOn`. What it loads from must be a `Memory`: others may have
   * a state.
   */
  delay(memories: () => unknown[]): void {
    if (tracker === null) return;
    if (memories().every(isMemory)) tracker.ends();
    else tracker.hide();
  }

  /** At the start of an iteration of `for-in` or `for-of`. */
  next(place: string): void {
    if (tracker === null) return;
    this.counts.set(place, (this.counts.get(place) ?? 0) + 1);
    tracker.next(this, place);
  }

  /** The state of the captured variables; undefined: it is hidden. */
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
    // A variable that is not declared yet, or a value with hidden state.
    if (error === OPAQUE || error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/**
 * What an instrumented function calls first. `shared` gives the captured variables of its outermost
 * scope; null: its variables cannot be known.
 */
export function enterFunction(shared?: readonly (() => unknown)[] | null): Frame {
  const frame = new Frame();
  if (shared === null) tracker?.hide();
  else if (shared !== undefined) frame.share(shared);
  return frame;
}

/** Makes `enterFunction` known to instrumented code in this thread. */
export function installProbe(): void {
  (globalThis as Record<symbol, unknown>)[Symbol.for(PROBE)] ??= enterFunction;
}
