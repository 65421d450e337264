/** A process of its own, with a mistake in it: it runs the self-checks that it is asked for. See `runHarnessCanary`. */
import { Wrong } from './selfCheck.ts';
import { type SelfCheckName, selfChecks } from './selfChecks.ts';

/** What one self-check has come to; `said`: what is wrong, or null. `crashed`: it threw what it should not. */
export interface Said {
  readonly check: SelfCheckName;
  readonly said: string | null;
  readonly crashed: boolean;
}

async function run(check: SelfCheckName): Promise<Said> {
  try {
    await selfChecks[check]();
    return { check, said: null, crashed: false };
  } catch (error) {
    return { check, said: (error as Error).message, crashed: !(error instanceof Wrong) };
  }
}

process.on('message', async (checks: readonly SelfCheckName[]) => {
  for (const check of checks) process.send!(await run(check));
  process.disconnect();
});
process.on('disconnect', () => process.exit());
