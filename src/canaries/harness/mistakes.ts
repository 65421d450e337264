import type { Mistake } from './mistake.ts';
import { checks } from './mistakes/checks.ts';
import { inLoops } from './mistakes/loops.ts';
import { memoryModels } from './mistakes/memoryModels.ts';
import { schedulers } from './mistakes/schedulers.ts';
import { searches } from './mistakes/searches.ts';

/** All of them, in the order in which they are reported. */
export const mistakes: readonly Mistake[] = [...searches, ...schedulers, ...memoryModels, ...checks, ...inLoops];
