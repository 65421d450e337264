/**
 * The sequential model of checkpoint and rollback: the images that were committed. A commit adds
 * the image with which the machine was paused. A rollback restores the last one.
 */
export interface Checkpoints {
  /** The initial image, then all committed ones, oldest first. */
  readonly committed: readonly Image[];
  /** The image of the paused machine; undefined: it runs. */
  readonly paused: Image | undefined;
}

/** By page: its version. */
export type Image = readonly number[];

export const initialCheckpoints = (image: Image): Checkpoints => ({ committed: [image], paused: undefined });

export const modelPause = (checkpoints: Checkpoints, image: Image): Checkpoints => ({ ...checkpoints, paused: image });

/** The machine must be paused. */
export const commit = ({ committed, paused }: Checkpoints): Checkpoints => ({
  committed: [...committed, paused!],
  paused,
});

/** The image that a rollback restores. */
export const lastCommitted = ({ committed }: Checkpoints): Image => committed[committed.length - 1];

export const rollBack = (checkpoints: Checkpoints): Checkpoints => ({
  ...checkpoints,
  paused: lastCommitted(checkpoints),
});

export const modelResume = (checkpoints: Checkpoints): Checkpoints => ({ ...checkpoints, paused: undefined });
