import { cached } from '../kernel/cache.ts';
import { type Compiled, KernelError } from '../kernel/compiled.ts';
import type { Kvm } from '../kvm/kvm.ts';
import type { Layout } from '../memory/layout.ts';
import { CompiledRings } from './compiled/compiledDirtyRings.ts';
import { CompiledGfnRings } from './compiled/compiledGfnRings.ts';
import { DirtyBitmap } from './dirtyBitmap/dirtyBitmap.ts';
import { DirtyRings } from './dirtyRing/dirtyRing.ts';
import { type VersionName, versions } from './dirtyRing/versions.ts';
import { GfnLists } from './gfnList/gfnList.ts';
import { GfnRings } from './gfnRings.ts';
import type { KernelFile, TrackerShape } from './tracker.ts';

export type Tracker = GfnRings | GfnLists | DirtyBitmap | DirtyRings;

/** The subjects, by the names of the command line. */
export const trackerNames = [
  'gfn-ring',
  'gfn-list',
  'dirty-bitmap',
  'dirty-ring@5.11',
  'dirty-ring@6.1',
  'dirty-ring@6.12',
  'dirty-ring@6.17',
  'dirty-ring@repaired',
] as const;
export type TrackerName = (typeof trackerNames)[number];

/** Lays out a dirty log. Throws RangeError when its shape is refused, `KernelError` when its C file is not compiled here. */
export function createTracker(name: TrackerName, layout: Layout, kvm: Kvm, shape: TrackerShape): Tracker {
  switch (name) {
    case 'gfn-ring':
      return shape.kernel === undefined
        ? new GfnRings(layout, kvm, shape)
        : new CompiledGfnRings(layout, kvm, shape, compiledFile(shape.kernel));
    case 'gfn-list':
      return new GfnLists(layout, kvm, shape);
    case 'dirty-bitmap':
      return new DirtyBitmap(layout, kvm, shape);
    default: {
      const version = versions[name.slice('dirty-ring@'.length) as VersionName];
      return shape.kernel === undefined
        ? new DirtyRings(layout, kvm, shape, version)
        : new CompiledRings(layout, kvm, shape, version, compiledFile(shape.kernel));
    }
  }
}

function compiledFile({ file, key }: KernelFile): Compiled {
  const compiled = cached(key);
  if (compiled === undefined)
    throw new KernelError(
      `${file} is not compiled here as it was (${key.slice(0, 10)}): 'gfnring kernel --kdir PATH --file ${file}' compiles it, from the same tree`,
    );
  return compiled;
}
