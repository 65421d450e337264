/**
 * Checkpoint and rollback as a sequential model: the images that were committed. It imports nothing: a model that shares code with its subject proves nothing.
 * A commit takes the image that the machine was paused with; a rollback gives the last one back.
 */
export interface Checkpoints {
  /** The image that the machine began with, and all that were committed, oldest first. */
  readonly committed: readonly Image[];
  /** What the machine was when it came to a stop; undefined: it runs. */
  readonly paused: Image | undefined;
}

/** The version of each page, by page. */
export type Image = readonly number[];

export const begin = (image: Image): Checkpoints => ({ committed: [image], paused: undefined });

export const modelPause = (checkpoints: Checkpoints, image: Image): Checkpoints => ({ ...checkpoints, paused: image });

/** There must be a machine that is paused. */
export const commit = ({ committed, paused }: Checkpoints): Checkpoints => ({
  committed: [...committed, paused!],
  paused,
});

/** What a rollback makes of the machine. */
export const lastCommitted = ({ committed }: Checkpoints): Image => committed[committed.length - 1];

export const rollBack = (checkpoints: Checkpoints): Checkpoints => ({
  ...checkpoints,
  paused: lastCommitted(checkpoints),
});

export const modelResume = (checkpoints: Checkpoints): Checkpoints => ({ ...checkpoints, paused: undefined });
