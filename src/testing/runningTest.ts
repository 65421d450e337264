/** The test that calls `explore`, as its runner says. */
export interface RunningTest {
  /** Its timeout; Infinity: none. */
  readonly timeoutSeconds: number;
  /** What is left of it. */
  readonly secondsLeft: number;
  /** Tells the runner that the result depends on these files, absolute paths. */
  dependsOn(files: readonly string[]): void;
}

let find: () => RunningTest | undefined = () => undefined;

/** Makes the tests of a runner known: `gfnring/vitest` does it when it is imported. */
export function setTestRunner(findTest: () => RunningTest | undefined): void {
  find = findTest;
}

/** The test that runs now; undefined outside of a test, or if no runner is known. */
export const runningTest = (): RunningTest | undefined => find();

/** The time for printing, and for what a search does after its time is over. */
const MARGIN_PART = 0.2;
const MARGIN_SECONDS_MIN = 0.5;

/** The seconds that `explore` may take, so that the test ends before its timeout. */
export function secondsFor({ timeoutSeconds, secondsLeft }: RunningTest): number {
  return Math.max(0.05, secondsLeft - Math.max(MARGIN_SECONDS_MIN, timeoutSeconds * MARGIN_PART));
}
