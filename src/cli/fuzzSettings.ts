import { canonical } from '../campaign/hash.ts';
import type { BaseScenario, CampaignSettings, Shard } from '../campaign/settings.ts';
import { recordedCanary } from '../run/canary.ts';
import type { MemoryConfig } from '../run/createRun.ts';
import { resolveScenarioName } from '../run/resolveScenarioName.ts';
import { checkedScenarios, findBuiltIn } from '../scenario/builtinScenarios.ts';
import { UsageError } from './errors.ts';

/** An execution of a campaign is short. A longer one probably never ends. */
const STEPS_MAX = 20_000;

/** The options of `fuzz` that become settings of the campaign. */
export interface FuzzSettingsOptions extends MemoryConfig {
  readonly tracker: string;
  readonly seed: number;
  readonly shard: Shard;
  readonly feedback: boolean;
}

/** @param names scenarios; without any, all scenarios of the tracker. */
export async function campaignSettings(
  names: readonly string[],
  options: FuzzSettingsOptions,
): Promise<CampaignSettings> {
  const { tracker, memoryModel, tearing, seed, shard, feedback } = options;
  const bases = names.length === 0 ? scenariosOf(tracker) : await scenariosNamed(names);
  return { memoryModel, tearing, stepsMax: STEPS_MAX, seed, shard, feedback, bases, ...recordedCanary() };
}

/**
 * Checks the settings that the user repeats for a campaign that is resumed. Throws `UsageError` if
 * one differs.
 *
 * @param isGiven whether the user gave an option, by its name in camel case.
 */
export async function checkRepeatedSettings(
  saved: CampaignSettings,
  names: readonly string[],
  options: FuzzSettingsOptions & { readonly dir: string },
  isGiven: (option: string) => boolean,
): Promise<void> {
  const settings = await campaignSettings(names, options);
  const repeated = (['seed', 'shard', 'feedback', 'memoryModel', 'tearing'] as const).filter(isGiven);
  const differs = (field: keyof CampaignSettings): boolean => canonical(settings[field]) !== canonical(saved[field]);
  const other = repeated.find(differs);
  const hasOtherScenarios = (names.length > 0 || isGiven('tracker')) && differs('bases');
  if (other === undefined && !hasOtherScenarios) return;
  const what = other === undefined ? 'other scenarios' : `another ${other}`;
  throw new UsageError(
    `--resume: the campaign in ${options.dir} has ${what}; leave it out, or start another campaign with --dir`,
  );
}

const scenariosOf = (tracker: string): BaseScenario[] =>
  checkedScenarios(tracker).map(({ spec, known }) => ({ source: spec, ...(known && { known }) }));

async function scenariosNamed(names: readonly string[]): Promise<BaseScenario[]> {
  const bases = await Promise.all(
    names.map(async (name): Promise<BaseScenario> => {
      const known = findBuiltIn(name)?.known;
      return { source: await resolveScenarioName(name), ...(known && { known }) };
    }),
  );
  const scenarioNames = bases.map(({ source }) => source.name);
  const duplicate = scenarioNames.find((name, i) => scenarioNames.indexOf(name) !== i);
  if (duplicate !== undefined)
    throw new UsageError(`two scenarios are called ${duplicate}: the names in a campaign must differ`);
  return bases;
}

/** Parses `2/3`, for commander. */
export function parseShard(text: string): Shard {
  const [, part, of] = /^(\d{1,5})\/(\d{1,5})$/.exec(text)?.map(Number) ?? [];
  if (part >= 1 && part <= of) return { part, of };
  throw new UsageError(`--shard is '${text}': must be i/n, with i from 1 to n`);
}
