import type { InterleavingData, StepData } from '../data.ts';
import type { Span } from './rows.ts';

const INITIAL = -1;

/** From whom a step has read, where that is of interest: another actor's store, or one that is not the newest. */
export function noteOf(of: InterleavingData, { actor, reads = [], over = [], under }: StepData): string {
  if (under !== undefined) return `under ${under + 1}`;
  const news = reads.filter(
    ([from, newest]) => from !== newest || (from !== INITIAL && of.steps[from].actor !== actor),
  );
  if (news.length > 0)
    return `← ${news.map(([from, newest]) => (from === newest ? numberOf(from) : `${numberOf(from)}, not ${numberOf(newest)}`)).join('; ')}`;
  return over.length > 0 ? `over ${over.map(numberOf).join(', ')}` : '';
}

/** Whether a step has read what is not the newest. */
export const isStale = ({ reads = [] }: StepData): boolean => reads.some(([from, newest]) => from !== newest);

/** A step in a sentence, for those who listen. */
export function sentenceOf(of: InterleavingData, s: number): string {
  const step = of.steps[s];
  const { name, operations } = of.actors[step.actor];
  const parts = [
    `Step ${s + 1} of ${of.steps.length}, ${name}: ${of.texts[step.text]}`,
    ...(step.begins ? [`begins ${operations[step.operation]}`] : []),
    ...readIn(step),
    ...(step.over ?? []).map((from) => `writes over step ${from + 1} without having read it`),
    ...(step.under === undefined ? [] : [`comes before step ${step.under + 1} in coherence order`]),
    ...(step.buffered ? [`goes into the store buffer`] : []),
    ...(step.lets === undefined ? [] : [`was stored at step ${step.lets + 1}`]),
    ...(of.failed?.step === s
      ? [`${of.failed.atEnd ? 'after this, when nothing goes on,' : 'here'} fails: ${of.failed.property}`]
      : []),
  ];
  return parts.join('; ');
}

function readIn({ reads = [] }: StepData): string[] {
  return reads
    .filter(([from, newest]) => from !== INITIAL || from !== newest)
    .map(([from, newest]) => {
      const what = from === INITIAL ? 'reads the initial value' : `reads step ${from + 1}`;
      return from === newest
        ? what
        : `${what}, not the newest, of ${newest === INITIAL ? 'the beginning' : `step ${newest + 1}`}`;
    });
}

/** Whether a step is the one that made something fail. */
export const isBroken = ({ failed }: InterleavingData, s: number): boolean => failed?.step === s && !failed.atEnd;

/** The locks that an actor holds at a step. */
export const heldAt = (locks: readonly Span[], actor: number, step: number): string[] =>
  locks.filter((lock) => lock.actor === actor && lock.from <= step && step < lock.to).map(({ label }) => label);

const numberOf = (s: number): string => (s === INITIAL ? 'the initial value' : `${s + 1}`);
