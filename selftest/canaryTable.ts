import { memoryModels } from '#dist/explore/memoryModels/registry.js';
import { randomSchedulerNames } from '#dist/explore/schedulers/registry.js';
import { trackerNames } from '#dist/trackers/interface/names.js';
import type { HarnessResult } from './harness/runs.ts';
import { isExpected } from './subjects/canary.ts';
import type { CanaryResult, Draws, Proof, Unmodified } from './subjects/runs.ts';
import { proofNames } from './subjects/runs.ts';

const TRACKER = Math.max(...trackerNames.map(({ length }) => length));
const MODEL = Math.max(...memoryModels.map(({ length }) => length));
const PROOF = 8;
const DRAWS = 12;

/** What the columns of `canaryLine` are. */
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
    `to the first finding: seconds of the proofs; of the others, in how many of ${seeds} seeds, and the median of executions; seconds of the portfolio`,
    head.join('  '),
  ].join('\n');
}

/** A canary in one line. */
export function canaryLine(result: CanaryResult, width: number): string {
  const { name, tracker, memoryModel, caught, by, alsoBy, asExpected, expectedBy, missedBy, error, seconds, switches } =
    result;
  const others = [by ?? [], alsoBy].flat().filter((property) => !isExpected(result, property));
  const otherwise =
    asExpected || others.length === 0 ? '' : `; by ${others.join(', ')}, not by ${expectedBy.join(' or ')}`;
  const missed = missedBy.length === 0 ? '' : `; missed by ${missedBy.join(', ')}`;
  return [
    `${caught ? '✓' : '✗'} ${name.padEnd(width)}`,
    tracker.padEnd(TRACKER),
    memoryModel.padEnd(MODEL),
    ...proofNames.map((proof) => proofText(result.proofs[proof]).padStart(PROOF)),
    ...randomSchedulerNames.map((scheduler) => drawsText(result.schedulers[scheduler]).padStart(DRAWS)),
    (seconds === null ? '–' : `${seconds.toFixed(2)} s`).padStart('seconds'.length),
    `${switches ?? '–'}`.padStart('switches'.length),
    error ?? `${by ?? 'nothing'}${otherwise}${missed}`,
  ].join('  ');
}

/** An unmodified subject in which something was found. */
export const falseAlarmLine = ({ scenario, scaffoldOf, falseAlarms }: Unmodified): string =>
  `✗ ${scenario}, ${scaffoldOf === null ? 'unmodified' : `with the scaffold of ${scaffoldOf} alone`}: ${falseAlarms.join('; ')}`;

/** A mistake in the harness in one line. */
export const mistakeLine = ({ name, part, caught, by, expectedBy, error }: HarnessResult, width: number): string =>
  `${caught ? '✓' : '✗'} ${name.padEnd(width)}  ${part}: ${by ?? 'nothing'}${by === expectedBy ? '' : `, not ${expectedBy}`}${caught || error === null ? '' : ` (${error})`}`;

const proofText = (proof: Proof | undefined): string =>
  proof === undefined || proof.property === null ? '–' : `${proof.seconds.toFixed(2)} s`;

const drawsText = (draws: Draws | undefined): string =>
  draws === undefined ? '–' : `${draws.caught}/${draws.of} ${draws.executions ?? '–'}`;
