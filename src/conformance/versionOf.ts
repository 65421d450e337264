import type { VersionName } from '../trackers/dirtyRing/versions.ts';

/**
 * The first Linux release of each version of our ring, newest first. Before 5.11 there is no ring.
 */
const SINCE: readonly (readonly [major: number, minor: number, VersionName])[] = [
  [6, 17, '6.17'],
  [6, 2, '6.12'],
  [6, 1, '6.1'],
  [5, 11, '5.11'],
];

/** The version of our merged ring that matches `uname -r`; undefined: the kernel has no ring. */
export function versionForRelease(release: string): VersionName | undefined {
  const [major, minor] = release.split('.').map((part) => Number.parseInt(part, 10));
  return SINCE.find(([a, b]) => major > a || (major === a && minor >= b))?.[2];
}
