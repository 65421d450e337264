import type { VersionName } from '../trackers/dirtyRing/versions.ts';

/** From which release on the kernel behaves as which version of ours. Before the first there is no ring. */
const SINCE: readonly (readonly [major: number, minor: number, VersionName])[] = [
  [6, 17, '6.17'],
  [6, 2, '6.12'],
  [6, 1, '6.1'],
  [5, 11, '5.11'],
];

/** The version of our merged ring that a kernel is held against, by what `uname -r` says; undefined: there is none. */
export function versionOf(release: string): VersionName | undefined {
  const [major, minor] = release.split('.').map((part) => Number.parseInt(part, 10));
  return SINCE.find(([a, b]) => major > a || (major === a && minor >= b))?.[2];
}
