import { guarded } from '../process/supervision.ts';

/** Seconds beyond the limit in which modules may load. */
const GRACE_SECONDS = 1;
/** Modules have at least so many seconds, as a busy machine needs them. */
const LEAST_SECONDS = 1;

/**
 * Loads the scenarios of a command before it begins.
 *
 * @param seconds the limit of the command. If loading does not return in about this time, the
 * command ends.
 */
export const guardLoad = <T>(seconds: number, load: () => Promise<T>): Promise<T> =>
  guarded(
    Math.max(LEAST_SECONDS, seconds) + GRACE_SECONDS,
    (reason) =>
      reason === 'interrupted'
        ? { status: 'interrupted', stderr: 'gfnring: interrupted\n' }
        : { status: 'undecided', stderr: `gfnring: the scenarios have not loaded: ${reason}\n` },
    load,
  );
