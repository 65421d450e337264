import { isViolation, type ThreadMonitor } from '../../../check/property.ts';
import { viewOfOwnLocks } from '../../../check/threadMonitor.ts';
import { memoizedBy } from '../../../vm/properties/monitorHelpers.ts';
import { effectsOf } from '../../../vm/spec.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { DirtyTracker } from '../../interface/tracker.ts';
import type { Bitmap } from '../bitmap.ts';
import { dirtyBitmapMonitor } from './dirtyBitmapMonitor.ts';
import { type BitmapMonitorState, type BitmapThread, bitmapThreadKey } from './dirtyBitmapState.ts';

/**
 * The rules of the bitmap by the steps of each thread alone: the monitor sees no step of another
 * thread, and of memory nothing but locks. So a bit counts as set only where the thread has found
 * it, and each page that it protects may have a cached translation.
 */
export function dirtyBitmapThreadRules(
  machine: TrackedVm<DirtyTracker>,
  bitmaps: readonly Bitmap[],
  options: { readonly manual: boolean; readonly armsAlone: boolean },
): ThreadMonitor<BitmapThread> {
  const { spec } = machine;
  const monitor = dirtyBitmapMonitor(machine, bitmaps, options);
  const { model, threads } = monitor.init();
  const draining = spec.actors.filter(({ operations }) => operations.some((op) => effectsOf(op).drains !== 'no'));
  // Another thread may have cleared what this one was told.
  const forget = (own: BitmapThread): BitmapThread =>
    draining.length > 1 && own.owed.length > 0 ? { ...own, owed: [] } : own;
  const alone = (own: BitmapThread, thread: number): BitmapMonitorState => ({
    model,
    threads: threads.with(thread, own),
  });
  return {
    name: 'bitmap rules of each thread',
    init: (thread) => threads[thread],
    step(own, event, holds) {
      const { thread } = event;
      const next = monitor.step(alone(own, thread), event, viewOfOwnLocks(thread, holds));
      return isViolation(next) ? next : forget(next.threads[thread]);
    },
    returned(own, thread, operation, result) {
      const next = monitor.returned(alone(own, thread), thread, operation, result, NO_LOCKS);
      return isViolation(next) ? next : next.threads[thread];
    },
    key: (own) => memoizedBy(own, bitmapThreadKey),
  };
}

const NO_LOCKS = viewOfOwnLocks(0, () => false);
