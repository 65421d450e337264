import {
  type Condition,
  type Expression,
  expressionsOf,
  type FinalPlace,
  flattenExpression,
  flattenStatements,
  type LitmusTest,
  type Statement,
  type Thread,
  type Value,
  type Verdict,
} from '../syntax.ts';
import { UnsupportedTest } from '../unsupportedTest.ts';
import type { Initial } from './declarations.ts';

/** A parsed test whose names are not resolved yet. */
export interface ParsedTest {
  readonly name: string;
  readonly stated: Verdict | null;
  readonly statesRace: boolean;
  readonly initial: Initial;
  readonly threads: readonly ParsedThread[];
  readonly condition: Condition;
  readonly filter: Condition | null;
  readonly locations: readonly FinalPlace[];
}

export interface ParsedThread {
  readonly number: number;
  readonly parameters: readonly { readonly name: string; readonly lock: boolean }[];
  readonly body: readonly Statement[];
}

/**
 * Resolves the names of a test. Shared variables are the parameters of threads, names with an
 * initial value, and names whose address is taken.
 */
export function resolveNames(test: ParsedTest): LitmusTest {
  const { initial, condition, filter, locations } = test;
  const threads = test.threads.toSorted((a, b) => a.number - b.number);
  const known = new Map(threads.map((thread) => [thread.number, threadOf(thread, initial.locals.get(thread.number))]));
  if (known.size < threads.length) throw new UnsupportedTest('two threads have one number');
  for (const number of initial.locals.keys())
    if (!known.has(number)) throw new UnsupportedTest(`there is no P${number}, which has an initial value`);
  const parameters = threads.flatMap((thread) => thread.parameters);
  const locks = new Set([...initial.locks, ...parameters.filter(({ lock }) => lock).map(({ name }) => name)]);
  const addresses = [
    ...initial.variables.values(),
    ...[...initial.locals.values()].flatMap((values) => [...values.values()]),
  ].filter((value) => typeof value === 'object');
  const names = new Set([
    ...initial.variables.keys(),
    ...parameters.map(({ name }) => name),
    ...addresses.map(({ addressOf }) => addressOf),
  ]);
  for (const { name } of parameters) if (initial.arrays.has(name)) names.delete(name);
  // herd7 shows 0 for a local that is nowhere, and a location decides nothing.
  for (const place of [
    ...locations.filter((place) => !('thread' in place)),
    ...placesIn(condition),
    ...(filter === null ? [] : placesIn(filter)),
  ])
    check(place, known, names, locks, initial.arrays);
  return {
    ...{ name: test.name, stated: test.stated, statesRace: test.statesRace, condition, filter },
    threads: [...known.values()],
    arrays: [...initial.arrays.keys()],
    variables: [...names].map((name) => ({
      ...{ name, lock: locks.has(name) },
      initial: initial.variables.get(name) ?? 0,
    })),
  };
}

/**
 * Locals are what a thread sets, and what has an initial value. A name that is only read is an
 * error.
 */
function threadOf({ number, parameters, body }: ParsedThread, initial = new Map<string, Value>()): Thread {
  const shared = parameters.map(({ name }) => name);
  const locals = new Map<string, Value>([...initial]);
  for (const name of initial.keys())
    if (shared.includes(name))
      throw new UnsupportedTest(`P${number} has a parameter ${name}, and an initial value for it`);
  for (const statement of flattenStatements(body)) {
    if (statement.kind !== 'set' || locals.has(statement.local)) continue;
    if (shared.includes(statement.local))
      throw new UnsupportedTest(`P${number} gives another value to ${statement.local}, its parameter`);
    locals.set(statement.local, 0);
  }
  for (const { name } of namesIn(body))
    if (!locals.has(name) && !shared.includes(name)) throw new UnsupportedTest(`P${number} has no ${name}`);
  return { number, parameters: shared, locals, body };
}

function check(
  place: FinalPlace | { readonly addressOf: string },
  threads: ReadonlyMap<number, Thread>,
  names: ReadonlySet<string>,
  locks: ReadonlySet<string>,
  arrays: ReadonlyMap<string, number>,
): void {
  if ('thread' in place) {
    if (threads.get(place.thread)?.locals.has(place.local) !== true)
      throw new UnsupportedTest(`there is no ${place.thread}:${place.local} to look at`);
  } else if ('addressOf' in place) {
    if (!names.has(place.addressOf) && !arrays.has(place.addressOf))
      throw new UnsupportedTest(`there is no ${place.addressOf} to take the address of`);
  } else if (!names.has(place.variable)) throw new UnsupportedTest(`there is no ${place.variable} to look at`);
  else if (locks.has(place.variable))
    throw new UnsupportedTest(`${place.variable} is a lock, and has no value to look at`);
}

function placesIn(condition: Condition): (FinalPlace | { readonly addressOf: string })[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return [...placesIn(condition.left), ...placesIn(condition.right)];
    case 'not':
      return placesIn(condition.of);
    case 'true':
      return [];
    default:
      return [condition.left, ...(typeof condition.right === 'number' ? [] : [condition.right])];
  }
}

const namesIn = (body: readonly Statement[]): (Expression & { readonly kind: 'name' })[] =>
  flattenStatements(body)
    .flatMap((statement) => expressionsOf(statement).flatMap(flattenExpression))
    .filter((expression) => expression.kind === 'name');
