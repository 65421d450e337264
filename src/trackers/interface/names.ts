/** The trackers, by the names that scenarios and the command line use. */
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

/** The tracker of a scenario that names none. */
export const DEFAULT_TRACKER: TrackerName = 'gfn-ring';
