import { BadInput } from '../input/badInput.ts';

/**
 * The name of the canary in this process. It is a known bug that was put into the subject on
 * purpose, to see that a property catches it. The variable is set by `selftest`, which is not in
 * the package.
 */
export const activeCanary = (): string | undefined => process.env.GFNRING_CANARY || undefined;

/** What a finding or a campaign records. */
export const recordedCanary = (): { readonly canary?: string } => {
  const canary = activeCanary();
  return canary === undefined ? {} : { canary };
};

/** Throws `BadInput` if `file` was written with another canary than the one here. */
export function checkCanary(file: string, canary: string | undefined): void {
  if (canary === activeCanary()) return;
  throw new BadInput(
    canary === undefined
      ? `${file} was written without the canary ${activeCanary()}: leave it out`
      : `${file} was written with the canary ${canary}: 'npm run selftest -- with ${canary} -- COMMAND' puts it in again`,
  );
}
