import type { InterleavingData, StepData } from '../data.ts';
import type { Span } from '../spans.ts';

const INITIAL = -1;

/**
 * A short note beside a step that communicates with another actor, or does not read the newest
 * store.
 */
export function describeCommunication(
  data: InterleavingData,
  { actor, reads = [], overwrites = [], coherenceBefore }: StepData,
): string {
  if (coherenceBefore !== undefined) return `under ${coherenceBefore + 1}`;
  const shown = reads.filter(
    ([from, newest]) => from !== newest || (from !== INITIAL && data.steps[from].actor !== actor),
  );
  if (shown.length > 0) {
    const texts = shown.map(
      ([from, newest]) => `${storeName(from)}${from === newest ? '' : `, not ${storeName(newest)}`}`,
    );
    return `← ${texts.join('; ')}`;
  }
  return overwrites.length > 0 ? `over ${overwrites.map(storeName).join(', ')}` : '';
}

/** Whether a step reads a store that is not the newest. */
export const isStale = ({ reads = [] }: StepData): boolean => reads.some(([from, newest]) => from !== newest);

/** A step in one sentence, which screen readers speak. */
export function describeForReader(data: InterleavingData, s: number): string {
  const step = data.steps[s];
  const { name, operations } = data.actors[step.actor];
  const parts = [
    `Step ${s + 1} of ${data.steps.length}, ${name}: ${data.texts[step.text]}`,
    ...(step.begins ? [`begins ${operations[step.operation]}`] : []),
    ...describeReads(step),
    ...(step.overwrites ?? []).map((from) => `overwrites step ${from + 1} without having read it`),
    ...(step.coherenceBefore === undefined ? [] : [`comes before step ${step.coherenceBefore + 1} in coherence order`]),
    ...(step.buffered ? [`goes into the store buffer`] : []),
    ...(step.flushes === undefined ? [] : [`was stored at step ${step.flushes + 1}`]),
    ...(data.failed?.step === s
      ? [`${data.failed.atEnd ? 'at quiescence after this step' : 'here'} fails: ${data.failed.property}`]
      : []),
  ];
  return parts.join('; ');
}

function describeReads({ reads = [] }: StepData): string[] {
  return reads
    .filter(([from, newest]) => from !== INITIAL || from !== newest)
    .map(([from, newest]) => {
      const what = from === INITIAL ? 'reads the initial value' : `reads step ${from + 1}`;
      if (from === newest) return what;
      return `${what}, not the newest value, ${newest === INITIAL ? 'the initial one' : `of step ${newest + 1}`}`;
    });
}

/** Whether the violation was seen at this step, and not at quiescence. */
export const isViolatingStep = ({ failed }: InterleavingData, s: number): boolean =>
  failed?.step === s && !failed.atEnd;

/** The names of the locks that an actor holds at a step. */
export const heldLocks = (locks: readonly Span[], actor: number, step: number): string[] =>
  locks.filter((lock) => lock.actor === actor && lock.from <= step && step < lock.to).map(({ label }) => label);

const storeName = (s: number): string => (s === INITIAL ? 'the initial value' : `${s + 1}`);
