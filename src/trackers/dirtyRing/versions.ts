/**
 * What differs between versions of the merged ring. `6.1` and `6.12` are the stable trees of 2026
 * (6.1.192, 6.12.117), the others are the releases.
 */
export interface Version {
  /**
   * 8929bc965964 (6.1): reset reads flags with acquire and clears them with release. Before, the
   * ring was right on x86 alone. Userspace always uses acquire and release.
   */
  readonly acquireRelease: boolean;
  /**
   * cf87ac739e48 (6.2): a soft-full ring raises a request of its vCPU. Before, each entry into the
   * guest checked the ring.
   */
  readonly softFullRequest: boolean;
  /**
   * 577a8d3bae05 (7.1, and stable trees): an offset out of range is rejected, even where its sum
   * with the mask wraps (CVE-2026-52969).
   */
  readonly rejectsWrappedOffset: boolean;
  /**
   * 530a8ba71b4c, 49005a2a3d2a (6.17): a reset stops at INT_MAX entries, or when a signal is
   * pending.
   */
  readonly interruptible: boolean;
  /**
   * Before 5.17, a write for which no vCPU runs dereferenced NULL (CVE-2021-4095). Later versions
   * drop it with a warning, or record it in the backup bitmap.
   */
  readonly dereferencesNoVcpu: boolean;
  /**
   * No version of Linux: what else must change so that no page is lost. Comments at each use say
   * what.
   */
  readonly repaired: boolean;
}

const MERGED: Version = {
  acquireRelease: false,
  softFullRequest: false,
  rejectsWrappedOffset: false,
  interruptible: false,
  dereferencesNoVcpu: true,
  repaired: false,
};
const STABLE_6_1: Version = { ...MERGED, acquireRelease: true, rejectsWrappedOffset: true, dereferencesNoVcpu: false };
const STABLE_6_12: Version = { ...STABLE_6_1, softFullRequest: true };
const RELEASE_6_17: Version = { ...STABLE_6_12, rejectsWrappedOffset: false, interruptible: true };

export const versions = {
  '5.11': MERGED,
  '6.1': STABLE_6_1,
  '6.12': STABLE_6_12,
  '6.17': RELEASE_6_17,
  repaired: { ...RELEASE_6_17, rejectsWrappedOffset: true, repaired: true },
} as const satisfies Record<string, Version>;

export type VersionName = keyof typeof versions;
