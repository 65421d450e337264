import type { CampaignFinding, Summary } from '../campaign/summary.ts';
import { type Access, communicatingAccesses } from './communicatingAccesses.ts';

/** A campaign in SARIF 2.1.0 (OASIS): a result for each finding, at the lines of the subject that communicate, with the flow of each thread. */
export async function sarifOf({ findings }: Pick<Summary, 'findings'>, version: string): Promise<string> {
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
            rules: rules.map((property) => ({ id: idOf(property), shortDescription: { text: property } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: await Promise.all(findings.map((finding) => resultOf(finding, rules))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

async function resultOf(finding: CampaignFinding, rules: readonly string[]) {
  const { property, message, catalogue, title, file, key, scenario, after } = finding;
  const accesses = await communicatingAccesses(finding);
  const known = catalogue === null ? '' : ` Known as ${catalogue}: ${title}.`;
  // The last access that communicates is the one that saw what it should not have: there the result stands, the others beside it.
  const last = accesses.at(-1);
  return {
    ruleId: idOf(property),
    ruleIndex: rules.indexOf(property),
    level: catalogue === null ? 'error' : 'warning',
    message: { text: `${property}: ${message} (${scenario.name}).${known} Reproduce: npx gfnring replay ${file}` },
    partialFingerprints: { 'gfnringCommunication/v1': key },
    properties: { scenario: scenario.name, executionsBefore: after },
    ...(last !== undefined && {
      locations: [locationOf(last)],
      relatedLocations: accesses.slice(0, -1).map((access, i) => ({ id: i, ...locationOf(access) })),
      codeFlows: [{ threadFlows: threadFlowsOf(accesses) }],
    }),
  };
}

/** One for each actor; `executionOrder` puts them together. */
function threadFlowsOf(accesses: readonly Access[]) {
  return [...new Set(accesses.map(({ actor }) => actor))].map((actor) => ({
    id: actor,
    locations: accesses
      .filter((access) => access.actor === actor)
      .map((access) => ({ executionOrder: access.step, location: locationOf(access) })),
  }));
}

const locationOf = ({ file, line, column, actor, does, step }: Access) => ({
  physicalLocation: {
    artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) },
    region: { startLine: line, startColumn: column },
  },
  message: { text: `step ${step}: ${actor}: ${does}` },
});

/** `R12 slots_lock spans reset and flush` is `R12-slots_lock-spans-reset-and-flush`. */
const idOf = (property: string): string => property.replace(/[^A-Za-z0-9_.]+/g, '-').replace(/^-|-$/g, '');
