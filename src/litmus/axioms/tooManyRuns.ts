/** A thread has more runs, or a location more values, than are enumerated. */
export class TooManyRuns extends Error {}
