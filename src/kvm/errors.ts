/** Errors as the kernel returns them: negative numbers. */
export const EINTR = 4;
export const EBUSY = 16;
export const EINVAL = 22;
