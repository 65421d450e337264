import type { Finding } from '../../run/finding.ts';
import type { ScenarioRef } from '../../scenario/scenarioRef.ts';
import type { BatchFailure } from '../batch.ts';

/** Failures of one property, in one group, that are minimised. More of them are only counted. */
const OF_PROPERTY_MAX = 12;
/** The same in a scenario with a known defect, which fails again and again. */
const OF_KNOWN_MAX = 2;
/** Maximum number of failure keys that are told apart. */
const KEYS_MAX = 1 << 16;

/** A failure that is not minimised yet. */
export interface UnminimisedFailure {
  readonly failure: BatchFailure;
  /** Index of the campaign's scenario that it was found in. */
  readonly base: number;
  /**
   * The name of a scenario with a known defect, else empty. Each group has its own limits, so that
   * known failures take no room from unknown ones.
   */
  readonly group: string;
  readonly source: ScenarioRef;
  /** Executions of the campaign before it. */
  readonly executionsBefore: number;
}

/** A failure beyond the number of failures of one property that are minimised. */
export type SurplusFailure = Pick<BatchFailure, 'key' | 'property'>;

/** The result of minimising a failure. */
export interface MinimisedFailure {
  /** The key of the failure as it was found. */
  readonly key: string;
  /** The key of the minimised failure. */
  readonly minimisedKey: string;
  readonly finding: Finding;
}

/** A finding of a campaign. */
export interface RecordedFinding {
  /** The key of the minimised failure. */
  readonly key: string;
  readonly finding: Finding;
  /** The name of the campaign's scenario that it was found in. */
  readonly base: string;
  readonly group: string;
  /** Executions of the campaign before it. */
  readonly executionsBefore: number;
  /** Keys of all failures that were minimised to this one. */
  readonly originalKeys: readonly string[];
}

/** As plain data. */
export interface FindingsJson {
  readonly keys: readonly string[];
  readonly unminimised: readonly UnminimisedFailure[];
  readonly recorded: readonly RecordedFinding[];
  /** Keys by property. */
  readonly surplus: Readonly<Record<string, readonly string[]>>;
}

/**
 * The failures of a campaign. Failures are deduplicated by their key twice: as they are found, and
 * once more when they are minimised.
 */
export class Findings {
  /** In the order in which they were found. */
  readonly unminimised: UnminimisedFailure[] = [];
  readonly recorded: RecordedFinding[] = [];
  /** By property: keys of failures that are only counted. */
  readonly surplus = new Map<string, string[]>();
  private readonly keys = new Set<string>();

  has(key: string): boolean {
    return this.keys.has(key);
  }

  /**
   * Whether no further key is stored, which bounds the memory of a campaign in which everything
   * fails.
   */
  get isFull(): boolean {
    return this.keys.size >= KEYS_MAX;
  }

  /** How many more failures of a property, in a group, are to be minimised. */
  roomFor(property: string, group: string): number {
    const waiting = this.unminimised.filter((it) => it.failure.property === property && it.group === group).length;
    const done = this.recorded
      .filter((it) => it.finding.property === property && it.group === group)
      .reduce((n, { originalKeys }) => n + originalKeys.length, 0);
    return (group === '' ? OF_PROPERTY_MAX : OF_KNOWN_MAX) - waiting - done;
  }

  /** The first failure of each property, in each group, that has no finding yet. */
  get withoutFinding(): UnminimisedFailure[] {
    return this.unminimised.filter(({ failure: { property }, group }, i) => {
      const isRecorded = this.recorded.some((it) => it.finding.property === property && it.group === group);
      const first = this.unminimised.findIndex((it) => it.failure.property === property && it.group === group);
      return !isRecorded && first === i;
    });
  }

  addUnminimised(added: UnminimisedFailure): void {
    this.keys.add(added.failure.key);
    this.unminimised.push(added);
  }

  addSurplus({ key, property }: SurplusFailure): void {
    this.keys.add(key);
    const others = this.surplus.get(property);
    if (others === undefined) this.surplus.set(property, [key]);
    else others.push(key);
  }

  /**
   * Replaces an unminimised failure by its minimised one. Returns the finding if it is a new one.
   *
   * @param base the name of the scenario that it was found in.
   */
  addMinimised({ key, minimisedKey, finding }: MinimisedFailure, base: string): RecordedFinding | undefined {
    const i = this.unminimised.findIndex(({ failure }) => failure.key === key);
    if (i < 0) return undefined;
    const [{ executionsBefore, group }] = this.unminimised.splice(i, 1);
    const same = this.recorded.findIndex((it) => it.key === minimisedKey);
    if (same >= 0) {
      const found = this.recorded[same];
      this.recorded[same] = { ...found, originalKeys: [...found.originalKeys, key] };
      return undefined;
    }
    const added = { key: minimisedKey, finding, base, group, executionsBefore, originalKeys: [key] };
    this.recorded.push(added);
    return added;
  }

  toJSON(): FindingsJson {
    const { keys, unminimised, recorded, surplus } = this;
    return { keys: [...keys], unminimised, recorded, surplus: Object.fromEntries(surplus) };
  }

  /** Adds the failures of another campaign that are new here. */
  merge({ keys, unminimised, recorded, surplus }: FindingsJson): void {
    for (const it of unminimised) if (!this.keys.has(it.failure.key)) this.unminimised.push(it);
    for (const it of recorded) if (!this.recorded.some(({ key }) => key === it.key)) this.recorded.push(it);
    for (const [property, keys] of Object.entries(surplus))
      for (const key of keys) if (!this.keys.has(key)) this.addSurplus({ key, property });
    for (const key of keys) this.keys.add(key);
  }
}
