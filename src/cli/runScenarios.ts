import { memoryModels } from '../explore/memoryModels/registry.ts';
import { SCHEMA } from '../input/schema.ts';
import { isStopRequested } from '../process/stopRequest.ts';
import { plural } from '../report/format.ts';
import type { BuiltInScenario } from '../vm/builtInScenario.ts';
import type { CheckFinding, CheckOptions, CheckResult } from './checkScenario.ts';
import { checkScenarios, isUnknown, lastReport, verdictOf } from './checkScenarios.ts';
import { print, printJson } from './output.ts';
import { printFinding, warnOfUnwritten } from './printFinding.ts';
import { reportNotes, scenarioResultLine } from './scenarioResultLine.ts';
import { STATUS } from './status.ts';
import { statusOf, statusOfCheck } from './verdictStatus.ts';

/**
 * Proves or searches scenarios, prints the results, and sets the exit status.
 *
 * @param more further fields of the JSON document, when it is printed.
 */
export async function runScenarios(
  scenarios: readonly BuiltInScenario[],
  options: CheckOptions,
  more: () => Readonly<Record<string, unknown>> = () => ({}),
): Promise<void> {
  const start = performance.now();
  const width = Math.max(...scenarios.map(({ spec }) => spec.name.length));
  const results: CheckResult[] = [];
  const secondsSoFar = (): number => (performance.now() - start) / 1000;
  const documentOf = (of: readonly CheckResult[]): unknown =>
    checkDocument(of, scenarios.length, secondsSoFar(), options, more());
  for await (const result of checkScenarios(scenarios, options, options.json ? documentOf : undefined)) {
    results.push(result);
    if (!options.json) await printResult(result, width, options);
    warnOfUnwritten(result.findings);
  }
  if (options.json) printJson(documentOf(results));
  else printTotals(results, secondsSoFar(), options);
  if (!options.json && results.length < scenarios.length) printNotRun(scenarios, results.length);
  process.exitCode = statusOfCheck(
    results.map((result) => ({ report: verdictOf(result), accepted: isAccepted(result.findings, options) })),
  );
}

function printNotRun(scenarios: readonly BuiltInScenario[], run: number): void {
  const names = scenarios.slice(run).map(({ spec }) => spec.name);
  const ended = isStopRequested() ? 'interrupted' : 'stopped at a finding of no known defect,';
  print(`${ended} after ${run} of ${plural(scenarios.length, 'scenario')}`);
  print(`not run: ${names.join(', ')}`);
}

/** Whether there are findings, and the user accepts all of them. */
const isAccepted = (findings: readonly CheckFinding[], { acceptKnown }: CheckOptions): boolean =>
  acceptKnown === true && findings.length > 0 && !findings.some(isUnknown);

async function printResult(result: CheckResult, width: number, options: CheckOptions): Promise<void> {
  const { rounds, findings, differences } = result;
  for (const { report, ignored } of rounds) {
    const [finding] = report.findings;
    if (options.quiet && finding === undefined) continue;
    const difference = differences.find((other) => other === finding);
    print(scenarioResultLine(report, width, difference && `differs from ${options.tracker}: ${difference.property}`));
    if (difference !== undefined) print(`  ${difference.message} (${difference.file ?? 'no file'})`);
    else for (const line of reportNotes(report)) print(line);
    if (finding === undefined && ignored.length > 0) print(`  not checked: ${notChecked(ignored, options)}`);
  }
  if (findings.length > 0) print();
  for (const finding of findings) await printFinding(finding, options.lines);
}

/** The properties that were not checked. Those of conformance are one. */
function notChecked(ignored: readonly string[], { conformance = [], tracker }: CheckOptions): string {
  const others = ignored.filter((property) => !conformance.includes(property));
  const all = others.length < ignored.length ? [...others, `whether it works as ${tracker}`] : others;
  return all.join('; ');
}

/** A scenario with findings is not proved, although its last round may be. */
const countProved = (results: readonly CheckResult[]): number =>
  results.filter((result) => result.findings.length === 0 && lastReport(result).exhausted).length;
const countUndecided = (results: readonly CheckResult[]): number =>
  results.filter((result) => statusOf(verdictOf(result)) === STATUS.undecided).length;

function checkDocument(
  results: readonly CheckResult[],
  scenarios: number,
  seconds: number,
  { tracker, memoryModel, tearing, seed }: CheckOptions,
  more: Readonly<Record<string, unknown>>,
): unknown {
  const findings = results.flatMap((result) => result.findings);
  const differences = results.flatMap((result) => result.differences);
  const rounds = results.flatMap((result) => result.rounds);
  const failed = rounds.find(({ report }) => report.findings.some((finding) => !differences.includes(finding)));
  const outcome = failed ? failed.report.outcome : countProved(results) === scenarios ? 'passed' : 'limit';
  return {
    schema: SCHEMA,
    outcome,
    ...{ tracker, memoryModel, tearing, seed, seconds },
    scenarios: rounds.map(({ report, ignored }) => ({ ...report, ignored })),
    findings,
    differences,
    ...more,
  };
}

function printTotals(
  results: readonly CheckResult[],
  seconds: number,
  { memoryModel, seed, quiet, acceptKnown, tracker }: CheckOptions,
): void {
  const [proved, undecided] = [countProved(results), countUndecided(results)];
  const undecidedText = undecided === 0 ? '' : `; ${plural(undecided, 'scenario')} undecided`;
  const findings = results.flatMap((result) => result.findings);
  const unknown = findings.filter(isUnknown).length;
  if (findings.length === 0 && !quiet) {
    const searched = plural(results.length - proved - undecided, 'scenario');
    print();
    print(
      `${plural(proved, 'scenario')} proved: every interleaving under ${memoryModels[memoryModel].machine}, with the values they name.`,
    );
    print(
      `${searched} searched with seed ${seed}: nothing found, nothing proved${undecidedText}. ${seconds.toFixed(0)} s in all.`,
    );
  }
  if (!acceptKnown || findings.length === 0) return;
  if (unknown > 0) print(`${plural(unknown, 'finding')} of no known defect`);
  else
    print(
      `${plural(findings.length, 'finding')}, all of known defects of ${tracker}; ${plural(proved, 'scenario')} proved${undecidedText}`,
    );
}
