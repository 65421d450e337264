import { memoryModelNames } from '#dist/explore/memoryModels/registry.js';
import { randomSchedulerNames } from '#dist/explore/schedulers/registry.js';
import { trackerNames } from '#dist/trackers/registry.js';
import { isExpected } from './canary.ts';
import { type CanaryResult, type Draws, type Proof, proofNames, type Unmodified } from './runs.ts';

const TRACKER = Math.max(...trackerNames.map(({ length }) => length));
const MODEL = Math.max(...memoryModelNames.map(({ length }) => length));
const PROOF = 8;
const DRAWS = 12;

/** The columns of `canaryLine`. */
export function headLine(width: number, seeds: number): string {
  const head = [
    `  ${'canary'.padEnd(width)}`,
    'tracker'.padEnd(TRACKER),
    'mem'.padEnd(MODEL),
    ...proofNames.map((name) => name.padStart(PROOF)),
    ...randomSchedulerNames.map((name) => name.padStart(DRAWS)),
    'seconds',
    'switches',
    'by',
  ];
  return [
    'To the first finding. Proofs: seconds.',
    `Schedulers: in how many of ${seeds} seeds, and the median of executions. Then the seconds of the portfolio.`,
    head.join('  '),
  ].join('\n');
}

/** A canary in one line. */
export function canaryLine(result: CanaryResult, width: number): string {
  const { name, tracker, memoryModel, caught, asExpected, seconds, switches } = result;
  return [
    `${caught && asExpected ? '✓' : '✗'} ${name.padEnd(width)}`,
    tracker.padEnd(TRACKER),
    memoryModel.padEnd(MODEL),
    ...proofNames.map((proof) => proofText(result.proofs[proof]).padStart(PROOF)),
    ...randomSchedulerNames.map((scheduler) => drawsText(result.schedulers[scheduler]).padStart(DRAWS)),
    (seconds === null ? '–' : `${seconds.toFixed(2)} s`).padStart('seconds'.length),
    `${switches ?? '–'}`.padStart('switches'.length),
    verdictOf(result),
  ].join('  ');
}

function verdictOf(result: CanaryResult): string {
  const { by, alsoBy, expectedBy, missedBy, error } = result;
  if (error !== null) return error;
  const others = [by ?? [], alsoBy].flat().filter((property) => !isExpected(result, property));
  return [
    by ?? 'nothing',
    ...(others.length > 0 ? [`by ${others.join(', ')}, not by ${expectedBy.join(' or ')}`] : []),
    ...(missedBy.length > 0 ? [`missed by ${missedBy.join(', ')}`] : []),
  ].join('; ');
}

/** An unmodified subject in which something was found. */
export const falseAlarmLine = ({ scenario, scaffoldOf, falseAlarms }: Unmodified): string =>
  `✗ ${scenario}, ${scaffoldOf === null ? 'unmodified' : `with the scaffold of ${scaffoldOf} alone`}: ${falseAlarms.join('; ')}`;

/** The text of `build/canaries.md`. */
export function tableText(results: readonly CanaryResult[], totals: readonly string[]): string {
  const head = [
    ...['canary', 'source', 'scenario', 'memory', 'caught by'],
    ...proofNames,
    ...randomSchedulerNames,
    ...['seconds', 'switches'],
  ];
  const trackers = [...new Set(results.map(({ tracker }) => tracker))];
  const tables = trackers.flatMap((tracker) => [
    `## ${tracker}`,
    '',
    rowText(head),
    `|${' --- |'.repeat(head.length)}`,
    ...results.filter((result) => result.tracker === tracker).map((result) => rowText(cellsOf(result))),
    '',
  ]);
  return ['# Canaries', '', ...totals.map((line) => `- ${line}`), '', ...tables].join('\n');
}

const rowText = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const cellsOf = (result: CanaryResult): string[] => [
  ...[result.name, result.source, `\`${result.scenario}\``, result.memoryModel, verdictOf(result)],
  ...proofNames.map((proof) => proofText(result.proofs[proof])),
  ...randomSchedulerNames.map((scheduler) => drawsText(result.schedulers[scheduler])),
  result.seconds?.toFixed(2) ?? '–',
  `${result.switches ?? '–'}`,
];

const proofText = (proof: Proof | undefined): string =>
  proof === undefined || proof.property === null ? '–' : `${proof.seconds.toFixed(2)} s`;

const drawsText = (draws: Draws | undefined): string =>
  draws === undefined ? '–' : `${draws.caught}/${draws.of} ${draws.executions ?? '–'}`;
