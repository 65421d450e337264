import type { Batch } from '../batch.ts';
import type { CorpusSeed } from '../corpus/corpus.ts';
import type { CampaignSettings } from '../settings.ts';
import { planBatch } from './planBatch.ts';

/**
 * Number of batches in flight. Batch n is planned from the results of the batches up to n - 16. So
 * the plan depends neither on the number of workers nor on the order in which batches finish.
 */
export const PLANNING_WINDOW = 16;

/** The batches that are planned and not yet applied, in order. */
export class PlanningWindow {
  readonly batches: Batch[] = [];
  private readonly settings: CampaignSettings;
  private readonly corpus: readonly CorpusSeed[][];

  /** @param corpus by scenario. It may grow afterwards. */
  constructor(settings: CampaignSettings, corpus: readonly CorpusSeed[][]) {
    this.settings = settings;
    this.corpus = corpus;
    for (let number = 0; number < PLANNING_WINDOW; number++) this.plan(number);
  }

  /** Removes the first batch and plans one more. */
  advance(): void {
    const { number } = this.batches.shift()!;
    this.plan(number + PLANNING_WINDOW);
  }

  restore(batches: readonly Batch[]): void {
    this.batches.splice(0, Infinity, ...batches);
  }

  private plan(number: number): void {
    this.batches.push(planBatch(this.settings, number, this.corpus));
  }
}
