/** How often a schedule changes the running thread. */
export function contextSwitches(schedule: ArrayLike<number>): number {
  let switches = 0;
  for (let i = 1; i < schedule.length; i++) if (schedule[i] !== schedule[i - 1]) switches++;
  return switches;
}

/** A schedule as text: `0x5,1,0,1x5` is five steps of thread 0, one of thread 1, one of 0, five of 1. */
export function formatSchedule(schedule: ArrayLike<number>): string {
  const runs: string[] = [];
  for (let i = 0; i < schedule.length; ) {
    let end = i;
    while (end < schedule.length && schedule[end] === schedule[i]) end++;
    runs.push(end - i === 1 ? `${schedule[i]}` : `${schedule[i]}x${end - i}`);
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
    const parts = /^(\d{1,2})(?:x(\d{1,8}))?$/.exec(run);
    if (parts === null) return undefined;
    const length = Number(parts[2] ?? 1);
    if (length === 0 || schedule.length + length > STEPS_MAX) return undefined;
    for (let i = 0; i < length; i++) schedule.push(Number(parts[1]));
  }
  return schedule;
}
