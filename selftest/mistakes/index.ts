import { checks } from './checks.ts';
import { inLoops } from './loops.ts';
import { memoryModels } from './memoryModels.ts';
import type { Mistake } from './mistake.ts';
import { schedulers } from './schedulers.ts';
import { searches } from './searches.ts';

/** All of them, in the order in which they are reported. */
export const mistakes: readonly Mistake[] = [...searches, ...schedulers, ...memoryModels, ...checks, ...inLoops];
