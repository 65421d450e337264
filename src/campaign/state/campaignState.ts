import type { Batch, BatchDone, BatchFailure, Candidate } from '../batch.ts';
import { type CorpusEntry, entryOf, hashOf, numberOf } from '../corpusEntry.ts';
import { CampaignCoverage, type CoveringJson } from '../coverage/campaignCoverage.ts';
import { coverageSize } from '../coverage/coverage.ts';
import { SampledClasses, type SampledJson } from '../coverage/sampledClasses.ts';
import { canonical, digitsOf } from '../hash.ts';
import type { Settings } from '../settings.ts';
import { Findings, type FindingsJson, type MinimisedFailure, type RecordedFinding } from './findings.ts';
import { type CorpusSeed, planBatch } from './planBatch.ts';

/**
 * A batch is planned from what all have come to that are so many before it: no more of them can be at work at a time, and what is done depends neither on how many
 * threads there are nor on which is done first.
 */
export const PLANNING_WINDOW = 16;
/** Entries that are kept of one scenario. */
const KEPT_MAX = 256;

/** What is taken in of a batch: all that is new. One line of the journal. */
export interface BatchEffect {
  readonly batch: number;
  readonly counts: Counts;
  /** How many classes were drawn; those, and those of altered schedules, that are sampled: see `atMost`. */
  readonly drawn: number;
  readonly drawnKept: readonly number[];
  readonly alteredKept: readonly number[];
  readonly covered: readonly Candidate[];
  /** Failures that were not there before: those that are to be made small, and those that are counted. */
  readonly failures: readonly BatchFailure[];
  readonly further: readonly Pick<BatchFailure, 'key' | 'property'>[];
  /** Why it could not be run; then all of the above is empty. */
  readonly lost?: string;
}

/** Executions that were run; of those, the ones that an assumption stopped, that reached the limit of steps, that violated a property; steps of all. */
export interface Counts {
  readonly executions: number;
  readonly blocked: number;
  readonly cut: number;
  readonly failed: number;
  readonly steps: number;
}

const NO_COUNTS: Counts = { executions: 0, blocked: 0, cut: 0, failed: 0, steps: 0 };

/** How much was covered after so many executions. */
export interface CoverageSample {
  readonly executions: number;
  readonly pairs: number;
  readonly states: number;
  readonly transitions: number;
  readonly entries: number;
}

/** A batch that could not be run. */
export interface LostBatch {
  readonly batch: number;
  readonly scenario: string;
  readonly why: string;
}

/** What another campaign has done that was merged into this one: its part of the work, as it was then. */
export interface MergedCampaign {
  readonly batches: number;
  readonly counts: Counts;
  readonly byBase: readonly Counts[];
  readonly classes: readonly SampledJson[];
}

/** As plain data. */
export interface ProgressJson {
  readonly next: number;
  readonly counts: Counts;
  readonly byBase: readonly Counts[];
  readonly covering: CoveringJson;
  readonly classes: readonly SampledJson[];
  readonly kept: readonly (readonly { readonly entry: CorpusEntry; readonly picked: number }[])[];
  readonly ahead: readonly Batch[];
  readonly findings: FindingsJson;
  readonly growth: readonly CoverageSample[];
  readonly lost: readonly LostBatch[];
  readonly others: Readonly<Record<string, MergedCampaign>>;
}

/** Where a campaign stands: what the batches up to a number have come to, and those that come next. The same for the same settings and number, whoever ran them. */
export class CampaignState {
  readonly settings: Settings;
  /** The batch that is taken in next. */
  next = 0;
  counts = NO_COUNTS;
  /** By scenario, with its variants. */
  readonly byBase: Counts[];
  readonly covering = new CampaignCoverage();
  /** By scenario, as it is. */
  readonly classes: readonly SampledClasses[];
  readonly kept: readonly CorpusSeed[][];
  /** Batches that are planned and not taken in. */
  readonly ahead: Batch[] = [];
  readonly findings = new Findings();
  /** At 1, 2, 4, … batches. */
  readonly growth: CoverageSample[] = [];
  readonly lost: LostBatch[] = [];
  /** By what stands for its settings: campaigns that were merged into this one. */
  readonly others = new Map<string, MergedCampaign>();

  constructor(settings: Settings) {
    this.settings = settings;
    this.byBase = settings.bases.map(() => NO_COUNTS);
    this.classes = settings.bases.map(() => new SampledClasses());
    this.kept = settings.bases.map(() => []);
    for (let number = 0; number < PLANNING_WINDOW; number++) this.ahead.push(planBatch(settings, number, this.kept));
  }

  static from(settings: Settings, json: ProgressJson): CampaignState {
    const progress = new CampaignState(settings);
    progress.next = json.next;
    progress.counts = json.counts;
    progress.byBase.splice(0, Infinity, ...json.byBase);
    progress.covering.merge(json.covering);
    for (const [base, classes] of json.classes.entries()) progress.classes[base].merge(classes);
    for (const [base, kept] of json.kept.entries())
      progress.kept[base].push(...kept.map(({ entry, picked }) => keep(entry, picked)));
    progress.ahead.splice(0, Infinity, ...json.ahead);
    progress.findings.merge(json.findings);
    progress.growth.push(...json.growth);
    progress.lost.push(...json.lost);
    for (const [id, other] of Object.entries(json.others)) progress.others.set(id, other);
    return progress;
  }

  /** What is new in what has come of the next batch. */
  effectOf({ number, drawn, altered, candidates, failures, ...counts }: BatchDone): BatchEffect {
    const { base, family } = this.ahead[0];
    const { complete, blocked, cut, failed, steps } = counts;
    const covered: Candidate[] = [];
    const covering = new CampaignCoverage();
    for (const candidate of candidates) {
      const news = covering.newIn(this.covering.newIn(candidate, family), family);
      if (coverageSize(news) === 0) continue;
      covering.add(news, family);
      covered.push({ ...news, schedule: candidate.schedule });
    }
    const sampled = this.classes[base];
    return {
      batch: number,
      counts: { executions: complete + blocked + cut + failed, blocked, cut, failed, steps },
      drawn: drawn.length,
      drawnKept: atMost(
        3,
        drawn.filter((hash) => sampled.wants(hash)),
      ),
      alteredKept: atMost(
        1,
        altered.filter((hash) => sampled.wants(hash)),
      ),
      covered,
      ...this.failuresIn(failures),
    };
  }

  private failuresIn(failed: readonly BatchFailure[]): Pick<BatchEffect, 'failures' | 'further'> {
    const { findings } = this;
    const group = this.groupOf(this.ahead[0].base);
    const failures: BatchFailure[] = [];
    const further: Pick<BatchFailure, 'key' | 'property'>[] = [];
    for (const failure of failed) {
      const { key, property } = failure;
      if (findings.has(key)) continue;
      const taken = failures.filter((of) => of.property === property).length;
      if (taken < findings.roomFor(property, group)) failures.push(failure);
      else if (!findings.isFull) further.push({ key, property });
    }
    return { failures, further };
  }

  private groupOf(base: number): string {
    const { source, known } = this.settings.bases[base];
    return known === undefined ? '' : source.name;
  }

  /** The effect of a batch that could not be run. */
  lossOf(batch: number, why: string): BatchEffect {
    return {
      batch,
      counts: NO_COUNTS,
      drawn: 0,
      drawnKept: [],
      alteredKept: [],
      covered: [],
      failures: [],
      further: [],
      lost: why,
    };
  }

  /** Takes in the next batch, and plans another. Returns the entries that are new. */
  take(effect: BatchEffect): CorpusSeed[] {
    const { settings, covering, kept, findings } = this;
    const { base, family, source, number } = this.ahead[0];
    if (effect.batch !== number) throw new Error(`batch ${effect.batch} does not come next: ${number} does`);
    this.ahead.shift();
    const sampled = this.classes[base];
    sampled.drawn += effect.drawn;
    for (const hash of effect.drawnKept) sampled.add(hash, true);
    for (const hash of effect.alteredKept) sampled.add(hash, false);
    const entries: CorpusSeed[] = [];
    for (const { schedule, ...covered } of effect.covered) {
      covering.add(covered, family);
      if (kept[base].length >= KEPT_MAX) continue;
      const entry = keep(entryOf(family, source, settings, schedule));
      if (kept[base].some(({ hash }) => hash === entry.hash)) continue;
      kept[base].push(entry);
      entries.push(entry);
    }
    const group = this.groupOf(base);
    for (const failed of effect.failures)
      findings.add({ failed, base, source, group, after: this.counts.executions + failed.execution });
    for (const failed of effect.further) findings.count(failed);
    if (effect.lost !== undefined) this.lost.push({ batch: number, scenario: source.name, why: effect.lost });
    this.counts = sum(this.counts, effect.counts);
    this.byBase[base] = sum(this.byBase[base], effect.counts);
    this.next = number + 1;
    if ((this.next & number) === 0) this.growth.push(this.grown());
    this.ahead.push(planBatch(settings, number + PLANNING_WINDOW, kept));
    return entries;
  }

  /** Takes in what has come of a failure that was open. */
  made(made: MinimisedFailure): RecordedFinding | undefined {
    const open = this.findings.open.find(({ failed }) => failed.key === made.key);
    return open && this.findings.made(made, this.settings.bases[open.base].source.name);
  }

  /** Takes in an entry from elsewhere. Returns false where it is there, or comes from a scenario that this campaign does not have. */
  adopt(entry: CorpusEntry): boolean {
    const base = this.settings.bases.findIndex(({ source }) => source.name === entry.base);
    const of = keep(entry);
    if (base < 0 || this.kept[base].some(({ hash }) => hash === of.hash)) return false;
    this.kept[base].push(of);
    return true;
  }

  drop(hashes: ReadonlySet<string>): void {
    for (const kept of this.kept) kept.splice(0, Infinity, ...kept.filter(({ hash }) => !hashes.has(hash)));
  }

  /** Takes in what another campaign of the same scenarios has covered, found and done; a second time, what it has done since. Its entries are for `adopt`. */
  merge(other: CampaignState): void {
    this.covering.merge(other.covering.toJSON());
    this.findings.merge(other.findings.toJSON());
    const { next, counts, byBase, classes } = other;
    const own = { batches: next, counts, byBase, classes: classes.map((of) => of.toJSON()) };
    // One that was merged into the other before may be known here as it is now.
    for (const [id, of] of [...other.others, [idOf(other.settings), own] as const])
      if (of.batches >= (this.others.get(id)?.batches ?? 0)) this.others.set(id, of);
    this.others.delete(idOf(this.settings));
  }

  /** With what was merged: batches, executions, those of a scenario, and its classes. */
  get batchesInAll(): number {
    return [...this.others.values()].reduce((all, { batches }) => all + batches, this.next);
  }
  get countsInAll(): Counts {
    return [...this.others.values()].reduce((all, { counts }) => sum(all, counts), this.counts);
  }
  countsOf(base: number): Counts {
    return [...this.others.values()].reduce((all, { byBase }) => sum(all, byBase[base]), this.byBase[base]);
  }
  classesOf(base: number): SampledClasses {
    const classes = new SampledClasses();
    classes.merge(this.classes[base].toJSON());
    for (const other of this.others.values()) classes.merge(other.classes[base]);
    return classes;
  }

  grown(): CoverageSample {
    const { pairs, states, transitions } = this.covering;
    const entries = this.kept.reduce((n, of) => n + of.length, 0);
    return {
      executions: this.counts.executions,
      pairs: pairs.size,
      states: states.size,
      transitions: transitions.size,
      entries,
    };
  }

  toJSON(): ProgressJson {
    const { next, counts, byBase, covering, classes, kept, ahead, findings, growth, lost, others } = this;
    return {
      ...{ next, counts, byBase, ahead, growth, lost },
      covering: covering.toJSON(),
      classes: classes.map((of) => of.toJSON()),
      kept: kept.map((of) => of.map(({ entry, picked }) => ({ entry, picked }))),
      findings: findings.toJSON(),
      others: Object.fromEntries(others),
    };
  }
}

/** Each value so many times: whether a class was drawn once, twice or more often is all that is asked. */
function atMost(times: number, values: readonly number[]): number[] {
  const seen = new Map<number, number>();
  return values.filter((value) => {
    const before = seen.get(value) ?? 0;
    seen.set(value, before + 1);
    return before < times;
  });
}

const keep = (entry: CorpusEntry, picked = 0): CorpusSeed => ({
  entry,
  hash: hashOf(entry),
  scenario: numberOf(entry.scenario),
  picked,
});

const idOf = (settings: Settings): string => digitsOf(canonical(settings), 16);

const sum = (a: Counts, b: Counts): Counts => ({
  executions: a.executions + b.executions,
  blocked: a.blocked + b.blocked,
  cut: a.cut + b.cut,
  failed: a.failed + b.failed,
  steps: a.steps + b.steps,
});
