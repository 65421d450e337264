import { isViolation, type Properties } from './property.ts';

/**
 * `properties` without those that are named. A monitor that finds one of them violated no longer
 * knows the state of its model: it checks nothing more in that execution.
 */
export function withoutProperties(properties: Properties, names: readonly string[]): Properties {
  if (names.length === 0) return properties;
  const ignored = new Set(names);
  const rest = <T>(of: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(of).filter(([name]) => !ignored.has(name)));
  const { always, finally: atEnd, unordered, monitors, threadMonitors, deadlock } = properties;
  return {
    ...properties,
    always: rest(always),
    finally: rest(atEnd),
    ...(unordered && { unordered: rest(unordered) }),
    monitors: monitors.map((monitor) => giveUpAt(monitor, ignored)),
    ...(threadMonitors && { threadMonitors: threadMonitors.map((monitor) => giveUpAt(monitor, ignored)) }),
    deadlock: (waiting) => {
      const violated = deadlock(waiting);
      return violated !== undefined && ignored.has(violated) ? undefined : violated;
    },
  };
}

/** The state of a monitor that has given up. */
const GIVEN_UP = Symbol('given up');

/** What monitors of one thread and of all threads have in common. */
interface Steps {
  // biome-ignore lint/suspicious/noExplicitAny: only a monitor itself uses its states
  step(state: any, ...rest: any[]): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  returned(state: any, ...rest: any[]): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  key(state: any): string;
}

function giveUpAt<M extends Steps>(monitor: M, ignored: ReadonlySet<string>): M {
  const unlessIgnored = (next: unknown): unknown => (isViolation(next) && ignored.has(next.property) ? GIVEN_UP : next);
  return {
    ...monitor,
    step: (state: unknown, ...rest: unknown[]) =>
      state === GIVEN_UP ? state : unlessIgnored(monitor.step(state, ...rest)),
    returned: (state: unknown, ...rest: unknown[]) =>
      state === GIVEN_UP ? state : unlessIgnored(monitor.returned(state, ...rest)),
    key: (state: unknown) => (state === GIVEN_UP ? 'given up' : monitor.key(state)),
  };
}
