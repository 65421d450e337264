import { violationCategories } from '../../explore/execution/violation.ts';
import { parseSchedule } from '../../explore/schedule.ts';
import { type FieldTypes, lazySchema, type Schema } from '../../input/fieldTypes.ts';
import { BATCH_EXECUTIONS, MUTATION_PERIOD } from '../batch.ts';
import { isEncodedSet } from '../coverage/campaignCoverage.ts';
import { SAMPLE_MAX } from '../coverage/sampledClasses.ts';
import { PLANNING_WINDOW } from './planningWindow.ts';

/**
 * Schemas of what is in the directory of a campaign, and of what workers answer. Somebody else may
 * have written it, so each number has a range, and each name that becomes the name of a file a
 * pattern.
 */
const LIST_MAX = 1 << 22;
const SCENARIOS_MAX = 10_000;
const HASH_MAX = 2 ** 53 - 1;

const count = (t: FieldTypes) => t.wholeNumber(0, Number.MAX_SAFE_INTEGER);
const hash = (t: FieldTypes) => t.wholeNumber(0, HASH_MAX);
/** See `failureKey`. It is part of the name of a file. */
const key = (t: FieldTypes) => t.pattern(/^[0-9a-f]{10}$/, 'ten hexadecimal digits');
const schedule = (t: FieldTypes) =>
  t.unparsed().refine((text) => parseSchedule(text) !== undefined, { error: 'must be runs like 0x5,1,0' });
const listOf = <S extends Schema>(t: FieldTypes, element: S) => t.list(element, 0, LIST_MAX);
const baseIndex = (t: FieldTypes) => t.wholeNumber(0, SCENARIOS_MAX - 1);

const counts = (t: FieldTypes) => ({
  executions: count(t),
  blocked: count(t),
  cut: count(t),
  failed: count(t),
  steps: count(t),
});

const coverage = (t: FieldTypes) => ({
  pairs: listOf(t, hash(t)),
  states: listOf(t, hash(t)),
  transitions: listOf(t, hash(t)),
  claims: listOf(t, t.text()),
});

const candidate = (t: FieldTypes) => t.openFields({ ...coverage(t), schedule: schedule(t) });

const failure = (t: FieldTypes) =>
  t.openFields({
    property: t.text(),
    message: t.unparsed(),
    category: t.optional(t.oneOf(violationCategories)),
    schedule: schedule(t),
    key: key(t),
    execution: t.wholeNumber(0, BATCH_EXECUTIONS - 1),
  });

const surplus = (t: FieldTypes) => t.openFields({ key: key(t), property: t.text() });

const minimised = (t: FieldTypes) => t.openFields({ key: key(t), minimisedKey: key(t), finding: t.unread() });

const batchEffect = (t: FieldTypes) =>
  t.openFields({
    batch: count(t),
    counts: t.openFields(counts(t)),
    drawn: count(t),
    drawnSample: listOf(t, hash(t)),
    mutatedSample: listOf(t, hash(t)),
    covered: listOf(t, candidate(t)),
    failures: listOf(t, failure(t)),
    surplus: listOf(t, surplus(t)),
    lost: t.optional(t.unparsed()),
  });

/** A line of the journal. */
export const batchEventSchema = lazySchema((t) => t.openFields({ batch: batchEffect(t) }));
export const minimisedEventSchema = lazySchema((t) => t.openFields({ minimised: minimised(t) }));

const classes = (t: FieldTypes) =>
  t.openFields({
    halvings: t.wholeNumber(0, 53),
    drawn: count(t),
    seen: t.list(t.pair(hash(t), count(t)), 0, SAMPLE_MAX),
  });

const encodedSet = (t: FieldTypes) =>
  t.unparsed().refine(isEncodedSet, { error: 'must be whole numbers below 2^53, as doubles in base64' });

const sample = (t: FieldTypes) => ({
  executions: count(t),
  pairs: count(t),
  states: count(t),
  transitions: count(t),
  entries: count(t),
});

export const batchSchema = (t: FieldTypes) =>
  t.openFields({
    number: count(t),
    base: baseIndex(t),
    family: t.text(),
    source: t.unread(),
    isBase: t.flag(),
    seed: t.wholeNumber(0, 2 ** 31 - 1),
    mutated: t.wholeNumber(0, MUTATION_PERIOD),
    parents: t.list(schedule(t), 0, BATCH_EXECUTIONS),
  });

const recorded = (t: FieldTypes) =>
  t.openFields({
    key: key(t),
    finding: t.unread(),
    base: t.text(),
    group: t.unparsed(),
    executionsBefore: count(t),
    originalKeys: listOf(t, key(t)),
  });

export const unminimisedSchema = (t: FieldTypes) =>
  t.openFields({
    failure: failure(t),
    base: baseIndex(t),
    group: t.unparsed(),
    source: t.unread(),
    executionsBefore: count(t),
  });

const findings = (t: FieldTypes) => ({
  keys: listOf(t, key(t)),
  unminimised: listOf(t, unminimisedSchema(t)),
  recorded: listOf(t, recorded(t)),
  surplus: t.table(t.text(), listOf(t, key(t))),
});

/** The work of `bases` scenarios. */
const work = (t: FieldTypes, bases: number) => ({
  counts: t.openFields(counts(t)),
  countsByBase: t.list(t.openFields(counts(t)), bases, bases),
  classes: t.list(classes(t), bases, bases),
});

/** A snapshot of the state of a campaign with `bases` scenarios. */
export const stateSchema = (t: FieldTypes, bases: number) =>
  t.openFields({
    ...work(t, bases),
    coverage: t.openFields({
      pairs: encodedSet(t),
      states: encodedSet(t),
      transitions: encodedSet(t),
      claims: listOf(t, t.text()),
    }),
    corpus: t.list(listOf(t, t.openFields({ entry: t.unread(), picked: count(t) })), bases, bases),
    planned: t.list(batchSchema(t), PLANNING_WINDOW, PLANNING_WINDOW),
    findings: t.openFields(findings(t)),
    growth: listOf(t, t.openFields(sample(t))),
    lostBatches: listOf(t, t.openFields({ batch: count(t), base: t.text(), scenario: t.text(), why: t.unparsed() })),
    merged: t.table(
      t.pattern(/^[0-9a-f]{16}$/, '16 hexadecimal digits'),
      t.openFields({ batches: count(t), ...work(t, bases) }),
    ),
  });

/** The result of a batch, as a worker answers it. */
export const batchResultSchema = lazySchema((t) =>
  t.openFields({
    number: count(t),
    ...batchCounts(t),
    drawnClasses: t.list(hash(t), 0, BATCH_EXECUTIONS),
    mutatedClasses: t.list(hash(t), 0, BATCH_EXECUTIONS),
    candidates: t.list(candidate(t), 0, BATCH_EXECUTIONS),
    failures: t.list(failure(t), 0, BATCH_EXECUTIONS),
  }),
);

export const minimisedSchema = lazySchema(minimised);

const batchCounts = (t: FieldTypes) => {
  const ofBatch = t.wholeNumber(0, BATCH_EXECUTIONS);
  return { complete: ofBatch, blocked: ofBatch, cut: ofBatch, failed: ofBatch, steps: count(t) };
};
