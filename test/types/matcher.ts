import { explore } from 'gfnring';
import { expect } from 'vitest';
import 'gfnring/vitest';

/** Only compiled. */
export async function checked(): Promise<void> {
  expect(await explore('ring')).toHold();
  expect(await explore('ring', { scheduler: 'pct', seconds: 1 })).toHold({ within: 'limit' });
  expect(await explore('ring')).not.toHold();
  // @ts-expect-error there is no such option
  expect(await explore('ring')).toHold({ within: 'reason' });
}
