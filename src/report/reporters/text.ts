import { formatFinding } from '../text/formatFinding.ts';
import type { Reporter } from './reporter.ts';

/** A finding as text, with the source line of each access. */
export const textReporter = {
  name: 'text',
  description: "a finding's trace as text, as replay prints it",
  output: 'stdout',
  finding: ({ finding, scenario }) => `${formatFinding(finding, scenario, true).join('\n')}\n`,
} satisfies Reporter;
