/** Error numbers. A kernel function returns them negative. */
export const ENOENT = 2;
export const EINTR = 4;
export const ENXIO = 6;
export const E2BIG = 7;
export const EBUSY = 16;
export const EINVAL = 22;
