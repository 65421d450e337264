import type { CampaignFinding } from '../../campaign/summary.ts';
import { printableJson } from '../../input/oneLine.ts';
import { type CommunicatingAccess, communicatingAccesses } from '../communicatingAccesses.ts';
import { reproduceCommand } from '../reproduceCommand.ts';
import type { CampaignRun, Reporter } from './reporter.ts';

/**
 * A campaign in SARIF 2.1.0 (OASIS, 2020), for code scanning. Each finding is a result at the
 * accesses through which the threads communicate, with the flow of each thread.
 */
export const sarifReporter = {
  name: 'sarif',
  description: 'a SARIF 2.1.0 log',
  output: 'file',
  campaignRun: formatLog,
} satisfies Reporter;

async function formatLog({ summary, version }: Pick<CampaignRun, 'summary' | 'version'>): Promise<string> {
  const { findings } = summary;
  const rules = [...new Set(findings.map(({ property }) => property))];
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'gfnring',
            version,
            rules: rules.map((property) => ({ id: ruleId(property), shortDescription: { text: property } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: await Promise.all(findings.map((finding) => formatResult(finding, rules))),
      },
    ],
  };
  return `${printableJson(JSON.stringify(log, null, 2))}\n`;
}

async function formatResult(finding: CampaignFinding, rules: readonly string[]) {
  const { property, message, catalogue, title, key, scenario, after } = finding;
  const accesses = await communicatingAccesses(finding);
  const known = catalogue === null ? '' : ` Known as ${catalogue}: ${title}.`;
  // The last communicating access observed the wrong value: it is the location of the result.
  const last = accesses.at(-1);
  return {
    ruleId: ruleId(property),
    ruleIndex: rules.indexOf(property),
    level: catalogue === null ? 'error' : 'warning',
    message: {
      text: `${property}: ${message} (${scenario.name}).${known} Reproduce: ${reproduceCommand(finding)}`,
    },
    partialFingerprints: { 'gfnringCommunication/v1': key },
    properties: { scenario: scenario.name, executionsBefore: after },
    ...(last !== undefined && {
      locations: [formatLocation(last)],
      relatedLocations: accesses.slice(0, -1).map((access, i) => ({ id: i, ...formatLocation(access) })),
      codeFlows: [{ threadFlows: formatThreadFlows(accesses) }],
    }),
  };
}

/** One flow for each actor. `executionOrder` gives the order across the flows. */
function formatThreadFlows(accesses: readonly CommunicatingAccess[]) {
  return [...new Set(accesses.map(({ actor }) => actor))].map((actor) => ({
    id: actor,
    locations: accesses
      .filter((access) => access.actor === actor)
      .map((access) => ({ executionOrder: access.step, location: formatLocation(access) })),
  }));
}

const formatLocation = ({ file, line, column, actor, access, step }: CommunicatingAccess) => ({
  physicalLocation: {
    artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) },
    region: { startLine: line, startColumn: column },
  },
  message: { text: `step ${step}: ${actor}: ${access}` },
});

/** `R12 slots_lock spans reset and flush` becomes `R12-slots_lock-spans-reset-and-flush`. */
const ruleId = (property: string): string => property.replace(/[^A-Za-z0-9_.]+/g, '-').replace(/^-|-$/g, '');
