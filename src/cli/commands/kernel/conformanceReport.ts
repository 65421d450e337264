import type { Agreement, Disagreement, MatchCount } from '../../../conformance/compare.ts';
import { type ConformanceOperation, lineOf } from '../../../conformance/operations.ts';
import { SCHEMA } from '../../../input/schema.ts';
import { grouped, plural } from '../../../report/format.ts';
import { print, printJson } from '../../output.ts';

/** What a kernel did, and how each party compares. `first`: the number of the first list. */
export interface ConformanceReport {
  readonly kernel: { readonly release: string; readonly build: string };
  readonly seed: number;
  readonly first: number;
  readonly lists: readonly (readonly ConformanceOperation[])[];
  readonly parties: readonly Agreement[];
}

export const allAgree = ({ parties }: ConformanceReport): boolean =>
  parties.every(({ disagreements }) => disagreements.length === 0);

const operationsOf = ({ lists }: ConformanceReport): number => lists.reduce((sum, list) => sum + list.length, 0);

export function printReportAsJson(report: ConformanceReport): void {
  const outcome = allAgree(report) ? 'agree' : 'disagree';
  const { kernel, seed, first, lists, parties } = report;
  const counts = { lists: lists.length, operations: operationsOf(report) };
  printJson({ schema: SCHEMA, outcome, kernel, seed, first, ...counts, parties });
}

/** `files`: the options that name the kernel. A list that is alone is shown where it is not agreed on. */
export function printReport(report: ConformanceReport, files: string, quiet = false): void {
  const { kernel, seed, lists, parties } = report;
  const counts = `${plural(lists.length, 'list')}, ${plural(operationsOf(report), 'operation')}`;
  if (!quiet) print(`${kernel.release} (${kernel.build}), seed ${seed}: ${counts}`);
  for (const agreement of parties) {
    if (!quiet || agreement.disagreements.length > 0) print(summary(agreement));
    for (const line of shown(agreement.disagreements)) print(line);
  }
  if (allAgree(report)) return;
  const [list] = lists;
  if (lists.length === 1) for (const [i, operation] of list.entries()) print(`  ${i}  ${lineOf(operation)}`);
  for (const number of new Set(parties.flatMap(({ disagreements }) => disagreements.map(({ list }) => list))))
    print(`  reproduce    npx gfnring kernel conformance ${files} --seed ${seed} --only ${number}`);
}

function summary({ party, returns, states, traceRecords, disagreements }: Agreement): string {
  const of = ({ equal, compared }: MatchCount): string => `${grouped(equal)} of ${grouped(compared)}`;
  const mark = disagreements.length === 0 ? '✓' : '✗';
  return `${mark} ${party.padEnd(18)} equal: ${of(returns)} returns, ${of(states)} states, ${of(traceRecords)} trace records`;
}

/** The first of each list: those that come after it mostly come from it. */
function shown(disagreements: readonly Disagreement[]): string[] {
  return [...new Set(disagreements.map(({ list }) => list))].flatMap((number) => {
    const ofList = disagreements.filter(({ list }) => list === number);
    const [{ operation, line, about, kernel, party }] = ofList;
    return [
      `  list ${number}, operation ${operation}: ${line}: ${about}`,
      `    the kernel   ${short(kernel)}`,
      `    the party    ${short(party)}`,
      ...(ofList.length > 1 ? [`    and ${ofList.length - 1} more in this list`] : []),
    ];
  });
}

/** A state may differ in hundreds of entries. --json has all of them. */
const short = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
