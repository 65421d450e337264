/**
 * How many inputs a test draws. `GFNRING_DRAWS` multiplies it; `npm run test:drawn` sets this and
 * `GFNRING_PROGRAMS`, the number of drawn programs of tests that compare searches.
 */
export const draws = (count: number): number => count * Number(process.env.GFNRING_DRAWS ?? 1);
