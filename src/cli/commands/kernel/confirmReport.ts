import type { Block } from '../../../confirm/blocks.ts';
import { type Confirmation, countLosses, lossOf, type MachineSchedule } from '../../../confirm/confirm.ts';
import { defectDescriptions } from '../../../confirm/defects.ts';
import { describeLocation } from '../../../confirm/locations.ts';
import type { PageState } from '../../../confirm/machineLines.ts';
import type { PerformedRound } from '../../../confirm/rounds.ts';
import { plural } from '../../../report/format.ts';
import { knownDefects } from '../../../scenario/knownDefects.ts';

const COLUMNS = 76;

/**
 * The confirmation as lines of text that can be mailed: what, where, since when, how to reproduce,
 * what fixes it.
 *
 * @param command that reproduces it.
 */
export function formatConfirmation(confirmation: Confirmation, command: string): string[] {
  const { schedule, release, build } = confirmation;
  const { defect, scenario } = schedule;
  const title = defect === null ? scenario : `${defect}: ${knownDefects[defect]}`;
  const description = defect === null ? undefined : defectDescriptions[defect];
  return [
    title,
    '',
    ...field('kernel', `${release} (${build}), in QEMU`),
    ...field('verdict', verdictText(confirmation)),
    ...(description === undefined
      ? field('what', schedule.property)
      : [
          ...field('what', description.what),
          ...field('where', description.where),
          ...field('since', description.since),
        ]),
    '',
    ...scheduleLines(schedule),
    '',
    ...roundLines(confirmation.rounds),
    '',
    ...field('reproduce', command, false),
    ...(description === undefined ? [] : field('fix', description.fix)),
  ];
}

function verdictText(confirmation: Confirmation): string {
  const [forced, free] = [countLosses(confirmation, true), countLosses(confirmation, false)];
  const lost = `lost in ${forced.lost} of ${plural(forced.of, 'round')} with the schedule, in ${free.lost} of ${free.of} without`;
  if (forced.lost > 0) return `confirmed: a write is ${lost}`;
  const refused = confirmation.rounds.filter(({ forced, inOrder }) => forced && !inOrder).length;
  const why =
    refused === 0
      ? ''
      : `. In ${plural(refused, 'round')} a thread waited for another one, or went another way: the kernel does not permit the schedule`;
  return `not confirmed: a write is ${lost}${why}`;
}

function scheduleLines({ blocks, plan }: MachineSchedule): string[] {
  const nameOf = ({ thread }: Block): string => plan.actors.find((actor) => actor.thread === thread)!.name;
  const width = Math.max(...blocks.map((block) => nameOf(block).length));
  return [
    'schedule: one thread runs at a time, up to the place that is named',
    ...blocks.map((block, i) => `  ${`${i + 1}`.padStart(2)}  ${nameOf(block).padEnd(width)}  ${describeBlock(block)}`),
  ];
}

function describeBlock({ guest, target }: Block): string {
  if (guest?.command === 'touch') return `the guest gets a writable translation of page ${guest.page}`;
  if (guest?.command === 'write') return `the guest writes to page ${guest.page}`;
  return describeLocation(target);
}

function roundLines(rounds: readonly PerformedRound[]): string[] {
  const rows = rounds.map((round) => [
    round.forced ? 'with' : 'without',
    `${round.harvested}`,
    `${round.reset[0]}+${round.reset[1]}`,
    ...[round.pages, round.again].map((pages) => pages.map(pageText).join(' ')),
    outcomeText(round),
  ]);
  const table = [['schedule', 'harvested', 'reset', 'memory/copy', 'written again', ''], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return [
    'rounds: entries that were harvested; reset by either thread; writes in memory and in the copy,',
    'and + where a ring entry names the page; the same after each page was written once more',
    ...table.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd()),
  ];
}

function outcomeText(round: PerformedRound): string {
  const loss = lossOf(round);
  if (round.disturbed) return 'not counted: an interrupt dropped the translation early';
  return `${loss === null ? 'recorded' : `LOST ${loss}`}${round.inOrder ? '' : ', not in this order'}`;
}

const pageText = ({ memory, copy, named }: PageState): string => `${memory}/${copy}${named ? '+' : ''}`;

/** A name and a text, wrapped. */
function field(name: string, text: string, isWrapped = true): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (isWrapped && line !== '' && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part, i) => `${(i === 0 ? name : '').padEnd(10)} ${part}`);
}
