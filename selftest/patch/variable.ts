/** Carries the edits of a process to all of its threads, as JSON. The preload reads it. */
export const PATCH_VARIABLE = 'GFNRING_PATCH';
