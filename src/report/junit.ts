import type { CampaignFinding, Summary } from '../campaign/summary.ts';

/**
 * A campaign as a JUnit report: a test case for each scenario, a failure for each finding in it, an error for each batch that could not be run.
 *
 * @param seconds that it took.
 */
export function junitOf({ scenarios, findings, lost, seed }: Summary, seconds: number): string {
  const cases = scenarios.map(({ name, executions, missing }) => {
    const errors = lost.filter(({ scenario }) => scenario === name || scenario === `${name}, varied`);
    const own = findings.filter(({ base }) => base === name);
    const said = [`${executions} executions`, ...missing.map((claim) => `not reached: ${claim}`)].join('\n');
    return [
      `    <testcase name="${text(name)}" classname="gfnring.fuzz">`,
      ...errors.map(({ batch, why }) => `      <error message="${text(`batch ${batch}: ${why}`)}"/>`),
      ...own.map(
        (finding) =>
          `      <failure message="${text(finding.property)}" type="${text(finding.catalogue ?? 'finding')}">${text(bodyOf(finding))}</failure>`,
      ),
      `      <system-out>${text(said)}</system-out>`,
      '    </testcase>',
    ].join('\n');
  });
  const counts = `tests="${scenarios.length}" failures="${findings.length}" errors="${lost.length}" time="${seconds.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="gfnring" ${counts}>`,
    `  <testsuite name="${text(`gfnring fuzz, seed ${seed}`)}" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function bodyOf({ message, scenario, memoryModel, contextSwitches, file, catalogue, title }: CampaignFinding): string {
  return [
    message,
    `${scenario.name}, memory model ${memoryModel}, ${contextSwitches} context switches`,
    ...(catalogue === null ? [] : [`known as ${catalogue}: ${title}`]),
    `reproduce: npx gfnring replay ${file}`,
  ].join('\n');
}

/** As XML has it; what XML 1.0 has no way to write becomes a replacement character. */
const text = (value: string): string =>
  value
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
