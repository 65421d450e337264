import type { Batch } from '../batch.ts';
import { Corpus, type CorpusJson, type CorpusSeed } from '../corpus/corpus.ts';
import { createEntry } from '../corpus/corpusEntry.ts';
import { CampaignCoverage, type CoverageJson } from '../coverage/campaignCoverage.ts';
import { SampledClasses, type SampledJson } from '../coverage/sampledClasses.ts';
import type { CampaignSettings } from '../settings.ts';
import { addCounts, type Counts, NO_COUNTS } from './counts.ts';
import type { BatchEffect } from './events.ts';
import { Findings, type FindingsJson, type MinimisedFailure, type RecordedFinding } from './findings.ts';
import { PlanningWindow } from './planningWindow.ts';

/** The size of the coverage after some number of executions. */
export interface CoverageSample {
  readonly executions: number;
  readonly pairs: number;
  readonly states: number;
  readonly transitions: number;
  /** Entries of the corpus. */
  readonly entries: number;
}

/** A batch that could not be run. */
export interface LostBatch {
  readonly batch: number;
  /** The name of the campaign's scenario that it was made from. */
  readonly base: string;
  readonly scenario: string;
  readonly why: string;
}

/** The own work of a campaign, as it was when it was merged into another one. */
export interface MergedCampaign {
  readonly batches: number;
  readonly counts: Counts;
  readonly countsByBase: readonly Counts[];
  readonly classes: readonly SampledJson[];
}

/** A snapshot of the state, as plain data. */
export interface CampaignStateJson {
  readonly counts: Counts;
  readonly countsByBase: readonly Counts[];
  readonly coverage: CoverageJson;
  readonly classes: readonly SampledJson[];
  readonly corpus: CorpusJson;
  readonly planned: readonly Batch[];
  readonly findings: FindingsJson;
  readonly growth: readonly CoverageSample[];
  readonly lostBatches: readonly LostBatch[];
  readonly merged: Readonly<Record<string, MergedCampaign>>;
}

/**
 * The state of a campaign after a number of batches. It depends only on the settings and on that
 * number. It changes only by events: `applyBatch` and `applyMinimised`, and by merging campaigns.
 */
export class CampaignState {
  readonly settings: CampaignSettings;
  counts = NO_COUNTS;
  /** By scenario, with its mutated ones. */
  readonly countsByBase: Counts[];
  readonly coverage = new CampaignCoverage();
  /** By scenario, without its mutated ones. */
  readonly classes: readonly SampledClasses[];
  readonly corpus: Corpus;
  readonly findings = new Findings();
  /** After 1, 2, 4, … batches. */
  readonly growth: CoverageSample[] = [];
  readonly lostBatches: LostBatch[] = [];
  /** Campaigns that were merged into this one, by the hash of their settings. */
  readonly merged = new Map<string, MergedCampaign>();
  private readonly window: PlanningWindow;

  constructor(settings: CampaignSettings) {
    this.settings = settings;
    this.countsByBase = settings.bases.map(() => NO_COUNTS);
    this.classes = settings.bases.map(() => new SampledClasses());
    this.corpus = new Corpus(settings.bases.length);
    this.window = new PlanningWindow(settings, this.corpus.byBase);
  }

  static from(settings: CampaignSettings, json: CampaignStateJson): CampaignState {
    const state = new CampaignState(settings);
    state.counts = json.counts;
    state.countsByBase.splice(0, Infinity, ...json.countsByBase);
    state.coverage.merge(json.coverage);
    for (const [base, classes] of json.classes.entries()) state.classes[base].merge(classes);
    state.corpus.restore(json.corpus);
    state.window.restore(json.planned);
    state.findings.merge(json.findings);
    for (const sample of json.growth) state.growth.push(sample);
    for (const lost of json.lostBatches) state.lostBatches.push(lost);
    for (const [id, campaign] of Object.entries(json.merged)) state.merged.set(id, campaign);
    return state;
  }

  /** Batches that are planned and not yet applied, in order. */
  get planned(): readonly Batch[] {
    return this.window.batches;
  }

  /** The batch that is applied next. */
  get nextBatch(): Batch {
    return this.window.batches[0];
  }

  /** Number of batches that were applied. */
  get batches(): number {
    return this.nextBatch.number;
  }

  /** See `UnminimisedFailure.group`. */
  groupOf(base: number): string {
    const { source, known } = this.settings.bases[base];
    return known === undefined ? '' : source.name;
  }

  /**
   * Applies the effect of the next batch, and plans one more. Returns the new seeds of the corpus.
   */
  applyBatch(effect: BatchEffect): CorpusSeed[] {
    const { base, source, number } = this.nextBatch;
    if (effect.batch !== number) throw new Error(`batch ${effect.batch} does not come next: ${number} does`);
    const classes = this.classes[base];
    classes.drawn += effect.drawn;
    for (const hash of effect.drawnSample) classes.add(hash, true);
    for (const hash of effect.mutatedSample) classes.add(hash, false);
    const seeds = this.addCovered(effect, this.nextBatch);
    const group = this.groupOf(base);
    for (const failure of effect.failures) {
      const executionsBefore = this.counts.executions + failure.execution;
      this.findings.addUnminimised({ failure, base, source, group, executionsBefore });
    }
    for (const failure of effect.surplus) this.findings.addSurplus(failure);
    if (effect.lost !== undefined) {
      const { name } = this.settings.bases[base].source;
      this.lostBatches.push({ batch: number, base: name, scenario: source.name, why: effect.lost });
    }
    this.counts = addCounts(this.counts, effect.counts);
    this.countsByBase[base] = addCounts(this.countsByBase[base], effect.counts);
    // Whether number + 1 is a power of two.
    if (((number + 1) & number) === 0) this.growth.push(this.sampleCoverage());
    this.window.advance();
    return seeds;
  }

  /** Applies the result of minimising a failure. Returns the finding if it is a new one. */
  applyMinimised(minimised: MinimisedFailure): RecordedFinding | undefined {
    const waiting = this.findings.unminimised.find(({ failure }) => failure.key === minimised.key);
    return waiting && this.findings.addMinimised(minimised, this.settings.bases[waiting.base].source.name);
  }

  sampleCoverage(): CoverageSample {
    const { pairs, states, transitions } = this.coverage;
    return {
      executions: this.counts.executions,
      pairs: pairs.size,
      states: states.size,
      transitions: transitions.size,
      entries: this.corpus.size,
    };
  }

  toJSON(): CampaignStateJson {
    const { counts, countsByBase, coverage, classes, corpus, planned, findings, growth, lostBatches, merged } = this;
    return {
      ...{ counts, countsByBase, planned, growth, lostBatches },
      coverage: coverage.toJSON(),
      classes: classes.map((sample) => sample.toJSON()),
      corpus: corpus.toJSON(),
      findings: findings.toJSON(),
      merged: Object.fromEntries(merged),
    };
  }

  private addCovered({ covered }: BatchEffect, { base, family, source }: Batch): CorpusSeed[] {
    const added: CorpusSeed[] = [];
    for (const { schedule, ...coverage } of covered) {
      this.coverage.add(coverage, family);
      if (this.corpus.isFull(base)) continue;
      const seed = this.corpus.add(base, createEntry(family, source, this.settings, schedule));
      if (seed !== undefined) added.push(seed);
    }
    return added;
  }
}
