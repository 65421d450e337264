import type { Canary } from './canary.ts';
import { dirtyBitmap } from './dirtyBitmap.ts';
import { dirtyRing } from './dirtyRing.ts';
import { gfnList } from './gfnList.ts';
import { gfnRing } from './gfnRing.ts';
import { machine } from './machine.ts';

/** All canaries, in the order in which they are reported. */
export const canaries: readonly Canary[] = [...gfnRing, ...gfnList, ...dirtyBitmap, ...dirtyRing, ...machine];
