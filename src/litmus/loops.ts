/**
 * How often the body of a loop runs: as often as herd7 unrolls it by default. An execution that
 * would go on is left out.
 */
export const LOOP_MAX = 2;

/** A loop would run more often. */
export class LoopCut extends Error {}
