import { trackers } from '../trackers/registry.ts';
import { userspaceDefects } from '../trackers/scenarios/copyBeforeReset.ts';
import type { KnownDefect } from '../vm/builtInScenario.ts';

/** Known defects of the subjects: number of docs/trackers.md, which has the sources, and title. */
export const knownDefects: Readonly<Record<string, string>> = Object.assign(
  {},
  userspaceDefects,
  ...Object.values(trackers).map(({ defects }) => defects),
);

/** The number of the known defect that a finding shows; null: no defect known there shows it. */
export function knownAs(
  { property }: { readonly property: string },
  known: readonly KnownDefect[] = [],
): string | null {
  return known.find(({ properties }) => properties.includes(property))?.catalogue ?? null;
}
