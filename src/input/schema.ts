/** The version of the JSON in which scenarios, schedules and findings are written. */
export const SCHEMA = 1;
