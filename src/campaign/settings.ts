import type { ScenarioRef } from '../scenario/scenarioRef.ts';
import type { KnownDefect } from '../vm/builtInScenario.ts';
import type { BatchConfig } from './batch.ts';

/** The version of what a campaign writes to disk. Seeds mean the same only within one. */
export const CAMPAIGN_SCHEMA = 3;

/** A scenario of a campaign. */
export interface BaseScenario {
  readonly source: ScenarioRef;
  /** What it is known to get wrong: then it is not varied, as what is found in a variant would have no number. */
  readonly known?: readonly KnownDefect[];
}

/** One of several campaigns that share the work, each with draws of its own; `part` from 1. */
export interface Shard {
  readonly part: number;
  readonly of: number;
}

/** All that decides what a campaign does. */
export interface Settings extends BatchConfig {
  readonly seed: number;
  readonly shard: Shard;
  /** Whether what was covered has a say in what is done next. */
  readonly feedback: boolean;
  readonly bases: readonly BaseScenario[];
  /** The bug that was put into the subject. */
  readonly canary?: string;
}

export const baseName = ({ source }: BaseScenario): string => source.name;
