import { cpSync } from 'node:fs';
import { begin, builtIn, modulePath, settings, somewhere } from './campaigns.ts';

export const twoScenarios = settings([builtIn('dirty-again'), modulePath('lost-update')]);
export const whole = { executions: 2048 };
export const undisturbed = begin(twoScenarios, whole);
const stopped = begin(twoScenarios, { executions: 1024 });

/** A copy of a campaign that was stopped halfway. */
export async function halfway(): Promise<string> {
  const copy = somewhere();
  cpSync((await stopped).directory, copy, { recursive: true });
  return copy;
}
