import type { Deadline } from '../../explore/limits.ts';
import type { Addresses } from '../addresses.ts';
import { expressionsOf, flattenExpression, flattenStatements, type LitmusTest } from '../syntax.ts';
import type { CandidateEvent, ThreadRun } from './candidate.ts';
import { isLockRead } from './lockOrders.ts';
import { threadRuns } from './threadRuns.ts';

/**
 * The runs of each thread in which each read returns the initial value, or what a run of a thread
 * writes there. That write may depend on the read: only the axioms forbid values out of thin air.
 */
export function possibleRuns(test: LitmusTest, addresses: Addresses, deadline: Deadline): ThreadRun[][] {
  const constants = constantsOf(test, addresses);
  const values = new Map(test.variables.map(({ name }) => [addresses.of(name), new Set(constants)]));
  for (let round = 0; ; round++) {
    const runs = test.threads.map((thread) => threadRuns(thread, addresses, values, deadline));
    const writes = runs.flat().flatMap(({ events }) => events.filter(({ kind }) => kind === 'write'));
    let isNew = false;
    for (const { at, value } of writes) {
      const known = values.get(at!);
      if (known === undefined || known.has(value)) continue;
      known.add(value);
      isNew = true;
    }
    // A value comes from a chain of writes that depend on reads, each of which is executed once.
    const dependent = runs.map((of) => Math.max(0, ...of.map(({ events }) => events.filter(isDependent).length)));
    if (!isNew || round > dependent.reduce((a, b) => a + b, 0)) return withoutUnwritten(runs, test, addresses);
  }
}

const isDependent = ({ kind, address, data, control }: CandidateEvent): boolean =>
  kind === 'write' && address.size + data.size + control.size > 0;

/** The numbers in the text of a test, and its initial values. */
function constantsOf({ threads, variables }: LitmusTest, addresses: Addresses): Set<number> {
  const expressions = threads
    .flatMap(({ body }) => flattenStatements(body))
    .flatMap((statement) => expressionsOf(statement).flatMap(flattenExpression));
  return new Set([
    ...expressions.flatMap((expression) => (expression.kind === 'number' ? [expression.value] : [])),
    ...variables.map(({ initial }) => addresses.number(initial)),
  ]);
}

/** Leaves out runs that read what no run writes, until there are none. */
function withoutUnwritten(runs: ThreadRun[][], { variables }: LitmusTest, addresses: Addresses): ThreadRun[][] {
  const key = ({ at, value }: Pick<CandidateEvent, 'at' | 'value'>): string => `${at} ${value}`;
  const initial = variables.map(({ name, initial }) =>
    key({ at: addresses.of(name), value: addresses.number(initial) }),
  );
  for (let left = runs; ; ) {
    const events = left.flat().flatMap((run) => run.events);
    const written = new Set([...initial, ...events.filter(({ kind }) => kind === 'write').map(key)]);
    const isPossible = (event: CandidateEvent): boolean =>
      event.kind !== 'read' || isLockRead(event) || written.has(key(event));
    const next = left.map((of) => of.filter((run) => run.events.every(isPossible)));
    if (next.flat().length === left.flat().length) return next;
    left = next;
  }
}
