/** The field of a test's `meta` in vitest that has the files of the scenarios that it explores. */
export const SCENARIO_FILES = 'gfnringScenarioFiles';
