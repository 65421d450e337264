import { join } from 'node:path';
import { readText } from '../../files/readInput.ts';
import { BadInput } from '../../input/badInput.ts';
import { contentChecksum } from '../../input/checksum.ts';
import { type FieldTypes, lazySchema, readFields, readObject } from '../../input/fieldTypes.ts';
import { parseJson } from '../../input/parseJson.ts';
import type { Finding } from '../../run/finding.ts';
import { parseFinding } from '../../run/parseScenarioRef.ts';
import type { CampaignState } from '../state/campaignState.ts';
import { ownModule } from '../state/parseState.ts';
import { filesIn, findingFile, findingsFolder } from './layout.ts';

/** A finding of the folder `findings` that the state of the campaign does not have. */
export interface StrayFinding {
  readonly finding: Finding;
  readonly file: string;
  /** What the file says of the campaign that wrote it; see `RecordedFinding`. */
  readonly key: string;
  readonly base: string;
  readonly executionsBefore: number;
}

/** The findings that a state does not have, and the files that cannot be read as findings. */
export interface StrayFindings {
  readonly strays: readonly StrayFinding[];
  /** What is wrong with each, with its path. */
  readonly unreadable: readonly string[];
}

const campaignFields = (t: FieldTypes) => ({
  key: t.pattern(/^[0-9a-f]{10}$/, 'ten hexadecimal digits'),
  base: t.text(),
  executions: t.wholeNumber(0, Number.MAX_SAFE_INTEGER),
});
const campaignSchema = lazySchema((t) => t.openFields({ campaign: t.openFields(campaignFields(t)) }));

/**
 * Reads the findings of a campaign that its state does not have. A state may be damaged or gone;
 * its findings still count.
 */
export function readStrayFindings(directory: string, state: CampaignState): StrayFindings {
  const strays: StrayFinding[] = [];
  const unreadable: string[] = [];
  const own = state.settings.bases.map(({ source }) => source);
  const recorded = new Set(state.findings.recorded.map((finding) => findingFile(directory, finding)));
  for (const name of filesIn(findingsFolder(directory))) {
    const file = join(findingsFolder(directory), name);
    if (!name.endsWith('.json') || recorded.has(file)) continue;
    try {
      const stray = readStray(file);
      const scenario = ownModule(stray.finding.scenario, own, file);
      strays.push({ ...stray, finding: { ...stray.finding, scenario } });
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      unreadable.push(error.message);
    }
  }
  return { strays, unreadable };
}

/** Throws `BadInput` if a file is no finding, or a link to one. */
export function readFindingFile(file: string): { readonly finding: Finding; readonly json: unknown } {
  const json = parseJson(readText(file) ?? '', file, 'finding');
  const { order: _, ...finding } = parseFinding(json, file);
  return { finding, json };
}

function readStray(file: string): StrayFinding {
  const { finding, json } = readFindingFile(file);
  // Another command has written a finding into the folder.
  if (!('campaign' in readObject(json, file)))
    return {
      finding,
      file,
      key: contentChecksum(finding).slice(0, 10),
      base: finding.scenario.name,
      executionsBefore: 0,
    };
  const { key, base, executions } = readFields(campaignSchema(), json, file).campaign;
  return { finding, file, key, base, executionsBefore: executions };
}
