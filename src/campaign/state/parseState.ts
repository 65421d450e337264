import { basename } from 'node:path';
import { BadInput } from '../../input/badInput.ts';
import { fieldTypes, readFields, readObject } from '../../input/fieldTypes.ts';
import type { Finding } from '../../run/finding.ts';
import { parseFindingContent, parseScenarioRef } from '../../run/parseScenarioRef.ts';
import type { ScenarioRef } from '../../scenario/scenarioRef.ts';
import type { CorpusEntry } from '../corpus/corpusEntry.ts';
import { parseEntryContent } from '../parse.ts';
import { baseName, type CampaignSettings } from '../settings.ts';
import type { CampaignStateJson } from './campaignState.ts';
import type { CampaignEvent } from './events.ts';
import { batchEventSchema, minimisedEventSchema, stateSchema } from './schema.ts';

/**
 * Reads the snapshot of a campaign with these settings. Throws `BadInput` with the path of the
 * first field that is wrong.
 */
export function parseState(value: unknown, settings: CampaignSettings, where: string): CampaignStateJson {
  const { bases } = settings;
  const own = bases.map(({ source }) => source);
  const { corpus, planned, findings, ...state } = readFields(stateSchema(fieldTypes(), bases.length), value, where);
  const [{ number }] = planned;
  for (const [i, batch] of planned.entries())
    if (batch.number !== number + i || batch.base !== batch.number % bases.length)
      throw new BadInput(`${where}.planned[${i}] does not follow the batch before it`);
  for (const [i, { base }] of findings.unminimised.entries())
    if (base >= bases.length) throw new BadInput(`${where}.findings.unminimised[${i}].base is no scenario`);
  return {
    ...state,
    planned: planned.map((batch, i) => ({
      ...batch,
      source: parseOwnScenario(batch.source, own, `${where}.planned[${i}].source`),
    })),
    corpus: corpus.map((seeds, base) =>
      seeds.map(({ entry, picked }, i) => ({
        entry: parseOwnEntry(entry, settings, base, `${where}.corpus[${base}][${i}].entry`),
        picked,
      })),
    ),
    findings: {
      ...findings,
      unminimised: findings.unminimised.map((it, i) => ({
        ...it,
        source: parseOwnScenario(it.source, own, `${where}.findings.unminimised[${i}].source`),
      })),
      recorded: findings.recorded.map((it, i) => ({
        ...it,
        finding: parseOwnFinding(it.finding, own, `${where}.findings.recorded[${i}].finding`),
      })),
    },
  };
}

/** Reads a line of the journal. Throws as `parseState`. */
export function parseEvent(value: unknown, settings: CampaignSettings, where: string): CampaignEvent {
  if (!('minimised' in readObject(value, where))) return readFields(batchEventSchema(), value, where);
  const { minimised } = readFields(minimisedEventSchema(), value, where);
  return {
    minimised: {
      ...minimised,
      finding: parseOwnFinding(
        minimised.finding,
        settings.bases.map(({ source }) => source),
        `${where}.minimised.finding`,
      ),
    },
  };
}

/** Reads a finding whose module, if it has one, is that of one of these scenarios. */
export function parseOwnFinding(value: unknown, own: readonly ScenarioRef[], where: string): Finding {
  const { order: _, ...finding } = parseFindingContent(value, where);
  return { ...finding, scenario: ownModule(finding.scenario, own, where) };
}

function parseOwnEntry(value: unknown, settings: CampaignSettings, base: number, where: string): CorpusEntry {
  const entry = parseEntryContent(value, where);
  if (entry.base !== baseName(settings.bases[base])) throw new BadInput(`${where}.base is of another scenario`);
  return {
    ...entry,
    scenario: ownModule(
      entry.scenario,
      settings.bases.map(({ source }) => source),
      where,
    ),
  };
}

const parseOwnScenario = (value: unknown, own: readonly ScenarioRef[], where: string): ScenarioRef =>
  ownModule(parseScenarioRef(value, where, where), own, where);

/**
 * A campaign runs no module but those that its settings name. The path is taken from them, because
 * the campaign, or the one that it was merged from, may have been written in another folder.
 */
export function ownModule(source: ScenarioRef, own: readonly ScenarioRef[], where: string): ScenarioRef {
  if (!('module' in source)) return source;
  const name = basename(source.module);
  for (const scenario of own)
    if ('module' in scenario && basename(scenario.module) === name) return { ...source, module: scenario.module };
  throw new BadInput(`${where} has the module ${name}, which is none of this campaign`);
}
