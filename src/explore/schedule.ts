/*
 * A schedule is a list of choices. A choice is a thread. Under a memory model it is also which
 * store the step reads from, or where in coherence order its store is placed. This number is called
 * the reads-from choice; 0 is the newest store, and the end of the order. Under sequential
 * consistency it is always 0, so that a schedule is a list of threads.
 */

/** @param thread from 0 to 31. */
export const encodeChoice = (thread: number, readsFrom: number): number => thread | (readsFrom << 5);
export const threadOf = (choice: number): number => choice & 31;
export const readFromIndex = (choice: number): number => choice >>> 5;

/** The number of context switches of a schedule. */
export function contextSwitches(schedule: ArrayLike<number>): number {
  let switches = 0;
  for (let i = 1; i < schedule.length; i++) if (threadOf(schedule[i]) !== threadOf(schedule[i - 1])) switches++;
  return switches;
}

/**
 * A schedule as text. `0x5,1.2,0,1x5` is five steps of thread 0, one of thread 1 with reads-from
 * choice 2, one of thread 0, and five of thread 1.
 */
export function formatSchedule(schedule: ArrayLike<number>): string {
  const runs: string[] = [];
  for (let i = 0; i < schedule.length; ) {
    let end = i;
    while (end < schedule.length && schedule[end] === schedule[i]) end++;
    const readsFrom = readFromIndex(schedule[i]);
    const step = readsFrom === 0 ? `${threadOf(schedule[i])}` : `${threadOf(schedule[i])}.${readsFrom}`;
    runs.push(end - i === 1 ? step : `${step}x${end - i}`);
    i = end;
  }
  return runs.join(',');
}

const STEPS_MAX = 10_000_000;
const READS_FROM_MAX = 2 ** 26;

/** Parses what `formatSchedule` prints. Returns undefined if the text is no schedule. */
export function parseSchedule(text: string): number[] | undefined {
  const schedule: number[] = [];
  if (text === '') return schedule;
  for (const run of text.split(',')) {
    const parts = /^(\d{1,2})(?:\.(\d{1,8}))?(?:x(\d{1,8}))?$/.exec(run);
    if (parts === null) return undefined;
    const [thread, readsFrom, length] = [Number(parts[1]), Number(parts[2] ?? 0), Number(parts[3] ?? 1)];
    if (thread > 31 || readsFrom >= READS_FROM_MAX || length === 0 || schedule.length + length > STEPS_MAX)
      return undefined;
    for (let i = 0; i < length; i++) schedule.push(encodeChoice(thread, readsFrom));
  }
  return schedule;
}
