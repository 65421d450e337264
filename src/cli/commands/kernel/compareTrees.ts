import { SCHEMA } from '../../../input/schema.ts';
import type { CompiledKernel } from '../../../kernel/compiled.ts';
import { unreachedOf } from '../../../kernel/run/unreached.ts';
import { isStopRequested } from '../../../process/stopRequest.ts';
import { plural } from '../../../report/format.ts';
import type { BuiltInScenario } from '../../../vm/builtInScenario.ts';
import type { CheckFinding, CheckOptions, CheckResult } from '../../checkScenario.ts';
import { checkScenarios, lastReport, verdictOf } from '../../checkScenarios.ts';
import { print, printJson } from '../../output.ts';
import { printFinding, warnOfUnwritten } from '../../printFinding.ts';
import { STATUS } from '../../status.ts';
import { statusOf } from '../../verdictStatus.ts';
import { printCoverage } from './coverageOption.ts';
import { type PatchVerdict, patchLines } from './patchOption.ts';

/** A tree, compiled: what is explored of it. */
export interface TreeToCheck {
  readonly scenarios: readonly BuiltInScenario[];
  readonly options: CheckOptions;
}

interface Row {
  /** The name without the tracker. */
  readonly scenario: string;
  /** The verdicts; `–` where the tree does not have the scenario. */
  readonly before: string;
  readonly after: string;
  /** Findings of the second tree that the first does not have; and the other way round. */
  readonly fresh: readonly CheckFinding[];
  readonly gone: readonly CheckFinding[];
}

/** What else is said of the second tree. */
export interface ComparedCode {
  /** The verdict on the files of a patch, once all scenarios have run. */
  readonly patch?: (() => PatchVerdict) | undefined;
  /** The code whose coverage is printed. */
  readonly covered?: CompiledKernel | undefined;
}

/**
 * Explores the scenarios of two trees, and prints one line for each: what was found before and
 * after, and what is new or gone. The traces of new findings follow. Only these change the exit
 * status, scenarios that are undecided after, and a patch of which nothing was executed.
 */
export async function compareTrees(
  before: TreeToCheck,
  after: TreeToCheck,
  markdown: boolean,
  { patch: judge, covered }: ComparedCode,
): Promise<void> {
  const [first, second] = [await resultsOf(before), await resultsOf(after)];
  const names = [...new Set([...second.keys(), ...first.keys()])];
  const rows = names.map((name) => rowOf(name, first.get(name), second.get(name)));
  const fresh = rows.flatMap((row) => row.fresh);
  const patch = judge?.();
  const undecided =
    patch?.executed === 'nothing' ||
    [...second.values()].some((result) => statusOf(verdictOf(result)) === STATUS.undecided);
  if (after.options.json)
    printJson({ schema: SCHEMA, rows, ...(patch && { patch }), ...(covered && { coverage: unreachedOf(covered) }) });
  else await printComparison(rows, fresh, markdown, after.options, patch);
  if (covered && !after.options.json) printCoverage(covered);
  const stopped = isStopRequested() ? STATUS.undecided : STATUS.nothingFound;
  process.exitCode = fresh.length > 0 ? STATUS.findings : undecided ? STATUS.undecided : stopped;
}

/** By the name of a scenario without the tracker: its result. */
async function resultsOf({ scenarios, options }: TreeToCheck): Promise<ReadonlyMap<string, CheckResult>> {
  const results = new Map<string, CheckResult>();
  for await (const result of checkScenarios(scenarios, options, undefined)) {
    const { scenario } = lastReport(result);
    results.set(scenario.slice(scenario.indexOf('/') + 1), result);
    warnOfUnwritten(result.findings);
  }
  return results;
}

function rowOf(scenario: string, before: CheckResult | undefined, after: CheckResult | undefined): Row {
  const [old, now] = [before?.findings ?? [], after?.findings ?? []];
  const isNotIn = (others: readonly CheckFinding[]) => (finding: CheckFinding) =>
    !others.some((other) => nameOf(other) === nameOf(finding));
  return {
    scenario,
    before: verdictText(before),
    after: verdictText(after),
    fresh: now.filter(isNotIn(old)),
    gone: after === undefined ? [] : old.filter(isNotIn(now)),
  };
}

const nameOf = ({ catalogue, property }: CheckFinding): string => catalogue ?? property;

function verdictText(result: CheckResult | undefined): string {
  if (result === undefined) return '–';
  const { findings, differences } = result;
  const report = lastReport(result);
  const undecided = statusOf(report) === STATUS.undecided;
  const found = findings.map(nameOf).join(', ');
  const decided = found || (report.exhausted ? 'proved' : 'searched');
  const verdict = undecided ? [found, 'undecided'].filter(Boolean).join(', ') : decided;
  return differences.length > 0 ? `${verdict}; differs: ${differences[0].property.split(' ')[0]}` : verdict;
}

async function printComparison(
  rows: readonly Row[],
  fresh: readonly CheckFinding[],
  markdown: boolean,
  { quiet, lines }: CheckOptions,
  patch: PatchVerdict | undefined,
): Promise<void> {
  const cells = [
    ['scenario', 'before', 'after', ''],
    ...rows.map((row) => [row.scenario, row.before, row.after, changeText(row)]),
  ];
  const shown = quiet ? cells.filter(([, , , change], i) => i === 0 || change !== '') : cells;
  const widths = [0, 1, 2].map((column) => Math.max(...shown.map((row) => row[column].length)));
  for (const [i, row] of shown.entries()) {
    const padded = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    print(markdown ? `| ${padded.join(' | ')} |`.replace(/ +\|$/, ' |') : padded.join('  ').trimEnd());
    if (markdown && i === 0) print(`|${' --- |'.repeat(4)}`);
  }
  print();
  const gone = rows.reduce((sum, row) => sum + row.gone.length, 0);
  print(`${plural(fresh.length, 'new finding')}, ${gone} gone`);
  for (const line of patch === undefined ? [] : patchLines(patch)) {
    if (markdown) print();
    print(line);
  }
  if (markdown) return;
  for (const finding of fresh) {
    print();
    await printFinding(finding, lines);
  }
}

const changeText = ({ fresh, gone }: Row): string =>
  [...fresh.map((finding) => `new: ${nameOf(finding)}`), ...gone.map((finding) => `gone: ${nameOf(finding)}`)].join(
    ', ',
  );
