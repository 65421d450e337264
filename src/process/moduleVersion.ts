/** The parameter in the URL of a user's module that has its version. */
export const VERSION = 'gfnring';
