import type { Model } from './oracle.ts';

/** The numbers of executions that GenMC reports, under SC and RC11: test, model, graphs. */
export const PUBLISHED: readonly (readonly [name: string, test: string, sc: number, rc11: number])[] = [
  ['SB', 'rel x=1; acq r0=y | rel y=1; acq r0=x', 3, 4],
  ['2+2W', 'x=1; y=2 | y=1; x=2', 3, 4],
  ['MP', 'rel x=1; rel y=1 | acq r0=y; acq r1=x', 3, 3],
  ['MP+rel+acq', 'x=1; rel y=1 | acq r0=y; if r0=1; r1=x', 2, 2],
  ['MP+rels+acq', 'x=1; rel y=0; y=1 | acq r0=y; if r0=1; r1=x', 3, 4],
  ['S', 'x=2; y=1 | r0=y; x=1', 3, 4],
  ['IRIW', 'rel x=1 | acq r0=x; acq r1=y | acq r0=y; acq r1=x | rel y=1', 15, 16],
  ['MP2', 'rel a=1; rel c=1; rel b=1; rel d=1 | acq r0=b; acq r1=a | acq r0=d; acq r1=c', 9, 9],
];

/** The same as rows of a test. Without `rmb`, `wmb` and locks, `views` must equal RC11. */
export const publishedCounts: readonly (readonly [name: string, model: Model, test: string, graphs: number])[] =
  PUBLISHED.flatMap(([name, test, sc, rc11]) => [
    [name, 'sc', test, sc] as const,
    [name, 'views', test, rc11] as const,
    [name, 'rc11', test, rc11] as const,
  ]);
