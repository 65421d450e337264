import type { Canary } from './canary.ts';
import { dirtyBitmap } from './dirtyBitmap.ts';
import { dirtyBitmapIoctl } from './dirtyBitmapIoctl.ts';
import { dirtyRing } from './dirtyRing.ts';
import { dirtyRingReset } from './dirtyRingReset.ts';
import { gfnList } from './gfnList.ts';
import { gfnRing } from './gfnRing.ts';
import { gfnRingReset } from './gfnRingReset.ts';
import { machine } from './machine.ts';

/** All canaries, in the order in which they are reported. */
export const canaries: readonly Canary[] = [
  ...gfnRing,
  ...gfnRingReset,
  ...gfnList,
  ...dirtyBitmap,
  ...dirtyBitmapIoctl,
  ...dirtyRing,
  ...dirtyRingReset,
  ...machine,
];
