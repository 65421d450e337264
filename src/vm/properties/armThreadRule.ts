import type { ThreadMonitor } from '../../check/property.ts';
import { viewOfOwnLocks } from '../../check/threadMonitor.ts';
import { armRule } from './armRule.ts';

/** G5 by the steps of each thread alone. */
export function armThreadRule(...of: Parameters<typeof armRule>): ThreadMonitor<null> {
  const { name, step } = armRule(...of);
  return {
    name,
    init: () => null,
    step: (_, event, holds) => step(null, event, viewOfOwnLocks(event.thread, holds)),
    returned: () => null,
    key: () => '',
  };
}
