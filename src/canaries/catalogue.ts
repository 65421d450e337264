import type { Canary } from './canary.ts';
import { dirtyBitmap } from './subjects/dirtyBitmap.ts';
import { dirtyRing } from './subjects/dirtyRing.ts';
import { gfnList } from './subjects/gfnList.ts';
import { gfnRing } from './subjects/gfnRing.ts';
import { machine } from './subjects/machine.ts';

/** All canaries, in the order in which they are reported. */
export const canaries: readonly Canary[] = [...gfnRing, ...gfnList, ...dirtyBitmap, ...dirtyRing, ...machine];
