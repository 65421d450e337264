import type { Agreement, Disagreement, MatchCount } from '../../../conformance/compare.ts';
import { type ConformanceOperation, formatOperation } from '../../../conformance/operations.ts';
import { SCHEMA } from '../../../input/schema.ts';
import { grouped, plural } from '../../../report/format.ts';
import { print, printJson } from '../../output.ts';

/** What a kernel did, and how each reference compares with it. */
export interface ConformanceReport {
  readonly kernel: { readonly release: string; readonly build: string };
  readonly seed: number;
  /** The number of the first list. */
  readonly first: number;
  readonly lists: readonly (readonly ConformanceOperation[])[];
  readonly references: readonly Agreement[];
}

/** A longer text is cut: a state may differ in hundreds of entries. --json has all of them. */
const CHARACTERS_MAX = 300;

export const allAgree = ({ references }: ConformanceReport): boolean =>
  references.every(({ disagreements }) => disagreements.length === 0);

const countOperations = ({ lists }: ConformanceReport): number => lists.reduce((sum, list) => sum + list.length, 0);

export function printConformanceJson(report: ConformanceReport): void {
  const outcome = allAgree(report) ? 'agree' : 'disagree';
  const { kernel, seed, first, lists, references } = report;
  const counts = { lists: lists.length, operations: countOperations(report) };
  printJson({ schema: SCHEMA, outcome, kernel, seed, first, ...counts, references });
}

/**
 * Prints the comparison. If there is one list only and it disagrees, its operations are printed
 * too.
 *
 * @param files the options that name the kernel, for the commands that reproduce a disagreement.
 */
export function printConformance(report: ConformanceReport, files: string, quiet = false): void {
  const { kernel, seed, lists, references } = report;
  const counts = `${plural(lists.length, 'list')}, ${plural(countOperations(report), 'operation')}`;
  if (!quiet) print(`${kernel.release} (${kernel.build}), seed ${seed}: ${counts}`);
  for (const agreement of references) {
    if (!quiet || agreement.disagreements.length > 0) print(formatAgreement(agreement));
    for (const line of formatDisagreements(agreement.disagreements)) print(line);
  }
  if (allAgree(report)) return;
  const [list] = lists;
  if (lists.length === 1) for (const [i, operation] of list.entries()) print(`  ${i}  ${formatOperation(operation)}`);
  for (const number of new Set(references.flatMap(({ disagreements }) => disagreements.map(({ list }) => list))))
    print(`  reproduce    npx gfnring kernel conformance ${files} --seed ${seed} --only ${number}`);
}

function formatAgreement({ reference, returns, states, traceRecords, disagreements }: Agreement): string {
  const ratio = ({ equal, compared }: MatchCount): string => `${grouped(equal)} of ${grouped(compared)}`;
  const mark = disagreements.length === 0 ? '✓' : '✗';
  const counts = `${ratio(returns)} returns, ${ratio(states)} states, ${ratio(traceRecords)} trace records`;
  return `${mark} ${reference.padEnd(18)} equal: ${counts}`;
}

/** The first disagreement of each list. The later ones usually follow from it. */
function formatDisagreements(disagreements: readonly Disagreement[]): string[] {
  return [...new Set(disagreements.map(({ list }) => list))].flatMap((number) => {
    const inList = disagreements.filter(({ list }) => list === number);
    const [{ operation, line, about, kernel, reference }] = inList;
    return [
      `  list ${number}, operation ${operation}: ${line}: ${about}`,
      `    the kernel   ${shorten(kernel)}`,
      `    reference    ${shorten(reference)}`,
      ...(inList.length > 1 ? [`    and ${inList.length - 1} more in this list`] : []),
    ];
  });
}

const shorten = (text: string): string => (text.length > CHARACTERS_MAX ? `${text.slice(0, CHARACTERS_MAX)}…` : text);
