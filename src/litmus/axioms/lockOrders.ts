import type { Candidate, CandidateEvent, Connection } from './candidate.ts';

type Events = Candidate['events'];

/** Whether an event reads a lock. The order of the critical sections says what it returns. */
export const isLockRead = ({ kind, label }: CandidateEvent): boolean =>
  kind === 'read' && ['lock', 'locked', 'unlocked'].includes(label);

/** A critical section: the read and the write of spin_lock, and the unlock. -1: it has none. */
interface Section {
  readonly read: number;
  readonly write: number;
  readonly unlock: number;
}

/**
 * The orders of the critical sections of a lock, and what tests of the lock read. Sections exclude
 * each other, so one without an unlock is the last.
 *
 * @param here the numbers of the events at the lock.
 */
export function lockOrders(events: Events, here: readonly number[]): Connection[] {
  const sections = sectionsOf(events, here);
  if (sections === undefined) return [];
  const tests = here.filter((i) => events[i].label === 'locked' || events[i].label === 'unlocked');
  return sectionOrders(events, sections).flatMap((order) => {
    const writes = order.flatMap(({ write, unlock }) => (unlock < 0 ? [write] : [write, unlock]));
    const sources = new Map(order.map(({ read }, i) => [read, i === 0 ? -1 : order[i - 1].unlock]));
    return testSources(events, tests, writes).map((more) => ({
      order: writes,
      sources: new Map([...sources, ...more]),
    }));
  });
}

/** Undefined: a thread takes a lock that it holds, which never succeeds. */
function sectionsOf(events: Events, here: readonly number[]): Section[] | undefined {
  const sections: Section[] = [];
  const writes = here.filter((i) => events[i].kind === 'write');
  for (const [n, write] of writes.entries()) {
    if (events[write].label !== 'lock') continue;
    const next = writes.slice(n + 1).find((other) => events[other].thread === events[write].thread);
    if (next !== undefined && events[next].label === 'lock') return undefined;
    const read = here.find(
      (i) => events[i].thread === events[write].thread && events[i].inThread === events[write].readOf,
    )!;
    sections.push({ read, write, unlock: next ?? -1 });
  }
  return sections;
}

function sectionOrders(events: Events, sections: readonly Section[]): Section[][] {
  if (sections.length === 0) return [[]];
  return sections.flatMap((first) => {
    if (first.unlock < 0 && sections.length > 1) return [];
    const others = sections.filter((other) => other !== first);
    const isLate = others.some(
      ({ write }) => events[write].thread === events[first.write].thread && write < first.write,
    );
    return isLate ? [] : sectionOrders(events, others).map((rest) => [first, ...rest]);
  });
}

/** A test that finds the lock taken reads a lock, another one an unlock or the initial state. */
function testSources(events: Events, tests: readonly number[], writes: readonly number[]): Map<number, number>[] {
  let all: Map<number, number>[] = [new Map()];
  for (const test of tests) {
    const own = writes.filter((i) => events[i].thread === events[test].thread && i < test).at(-1);
    const wanted = events[test].label === 'locked' ? 'lock' : 'unlock';
    const candidates = writes.filter((i) => events[i].label === wanted);
    const sources = wanted === 'unlock' ? [-1, ...candidates] : candidates;
    const isInside = own !== undefined && events[own].label === 'lock';
    const allowed = isInside
      ? sources.filter((i) => i === own)
      : sources.filter((i) => i < 0 || events[i].thread !== events[test].thread || i === own);
    all = all.flatMap((map) => allowed.map((from) => new Map(map).set(test, from)));
  }
  return all;
}
