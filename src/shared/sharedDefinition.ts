// biome-ignore-all lint/suspicious/noExplicitAny: `unknown` would need a cast at each use by a user

/**
 * An operation of an actor: a function of what `setup` returned, and, with a second parameter, of
 * the result of the actor's operation before. It is plain synchronous code. Its callbacks (timers,
 * immediates, microtasks, `Atomics.waitAsync`) are run before it ends. If it returns a function,
 * that one says the result, when there is no callback left.
 */
export type SharedOperation<S> =
  | ((shared: S, before: any) => unknown)
  | {
      /** What traces show; by default the name of the function. */
      readonly label?: string;
      readonly run: (shared: S, before: any) => unknown;
      /** The operation is performed again until this holds for its result. */
      readonly until?: (result: any) => boolean;
    };

/** By actor, the results of its operations so far. */
export type SharedResults = Readonly<Record<string, readonly any[]>>;

/** A scenario of code on `SharedArrayBuffer` and `Atomics`. */
export interface SharedDefinition<S> {
  /** Letters, digits, _ . @ + - and spaces. */
  readonly name: string;
  /**
   * Makes the buffers, and gives them their initial values. Returns what operations and properties
   * get: buffers, views, and objects that never change otherwise. It runs once.
   */
  readonly setup: () => S;
  /** The operations of each actor, by its name, in order. Each actor is a thread. */
  readonly actors: Readonly<Record<string, readonly SharedOperation<S>[]>>;
  /** Must hold at the start and after every step. */
  readonly always?: Readonly<Record<string, (shared: S, results: SharedResults) => boolean>>;
  /** Must hold at some moment of some execution. */
  readonly sometimes?: Readonly<Record<string, (shared: S, results: SharedResults) => boolean>>;
  /** Must hold when all operations have ended. A text means no, and says what was seen instead. */
  readonly finally?: Readonly<Record<string, (shared: S, results: SharedResults) => boolean | string>>;
  /**
   * Whether a data race is a finding, except under `sc`: an access without Atomics that nothing
   * orders with another one. In JavaScript races are defined, so by default they are none.
   */
  readonly races?: boolean;
  /**
   * Whether elements of `Float64Array`, `BigInt64Array` and `BigUint64Array` are accessed in two
   * halves without Atomics, as ECMA-262 allows. Engines for 64 bits do not do that. Default: false.
   */
  readonly tearing?: boolean;
  /**
   * Whether the time of `Atomics.wait` and `waitAsync` may be over before a wake-up. With false it
   * never is: then a thread that only a time-out would save is a deadlock. Default: true.
   */
  readonly timeouts?: boolean;
}
