/**
 * A step of a schedule: its thread, and in which of several ways it was taken, 0 being that it reads from the newest store, and stores after it. A schedule is a
 * list of them; under sequential consistency, of threads.
 */
export const encodeChoice = (thread: number, way: number): number => thread | (way << 5);
export const threadOf = (choice: number): number => choice & 31;
export const readFromIndex = (choice: number): number => choice >>> 5;

/** How often a schedule changes the running thread. */
export function contextSwitches(schedule: ArrayLike<number>): number {
  let switches = 0;
  for (let i = 1; i < schedule.length; i++) if (threadOf(schedule[i]) !== threadOf(schedule[i - 1])) switches++;
  return switches;
}

/** A schedule as text: `0x5,1.2,0,1x5` is five steps of thread 0, one of thread 1 in way 2, one of 0, five of 1. */
export function formatSchedule(schedule: ArrayLike<number>): string {
  const runs: string[] = [];
  for (let i = 0; i < schedule.length; ) {
    let end = i;
    while (end < schedule.length && schedule[end] === schedule[i]) end++;
    const way = readFromIndex(schedule[i]);
    const step = way === 0 ? `${threadOf(schedule[i])}` : `${threadOf(schedule[i])}.${way}`;
    runs.push(end - i === 1 ? step : `${step}x${end - i}`);
    i = end;
  }
  return runs.join(',');
}

const STEPS_MAX = 10_000_000;

/** The schedule that a text stands for, or undefined when it is none. */
export function parseSchedule(text: string): number[] | undefined {
  const schedule: number[] = [];
  if (text === '') return schedule;
  for (const run of text.split(',')) {
    const parts = /^(\d{1,2})(?:\.(\d{1,6}))?(?:x(\d{1,8}))?$/.exec(run);
    if (parts === null) return undefined;
    const [thread, way, length] = [Number(parts[1]), Number(parts[2] ?? 0), Number(parts[3] ?? 1)];
    if (thread > 31 || length === 0 || schedule.length + length > STEPS_MAX) return undefined;
    for (let i = 0; i < length; i++) schedule.push(encodeChoice(thread, way));
  }
  return schedule;
}
