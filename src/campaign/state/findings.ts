import type { Finding } from '../../run/finding.ts';
import type { ScenarioRef } from '../../scenario/scenarioRef.ts';
import type { BatchFailure } from '../batch.ts';

/** Failures of one property, of one group, that are made small and written; beyond, they are counted. */
const OF_PROPERTY_MAX = 12;
/** Of a scenario that is known for something, what is known is seen again and again. */
const OF_KNOWN_MAX = 2;
const KEYS_MAX = 1 << 16;

/** A failure that is to be made small yet. */
export interface UnminimisedFailure {
  readonly failed: BatchFailure;
  readonly base: number;
  /** A scenario that is known for something is a group of its own: what is known takes nothing from what is not. */
  readonly group: string;
  readonly source: ScenarioRef;
  /** How many executions were run before it. */
  readonly after: number;
}

/** What has come of one. */
export interface MinimisedFailure {
  /** Of the failure as it was found. */
  readonly key: string;
  /** Of the finding. */
  readonly least: string;
  readonly finding: Finding;
}

/** A finding, with how it was come by. */
export interface RecordedFinding {
  readonly key: string;
  readonly finding: Finding;
  /** The campaign's scenario that it was found in, or in a variant of. */
  readonly base: string;
  readonly group: string;
  readonly after: number;
  /** Keys of failures that came to the same when they were made small. */
  readonly ways: readonly string[];
}

/** As plain data. */
export interface FindingsJson {
  readonly keys: readonly string[];
  readonly open: readonly UnminimisedFailure[];
  readonly found: readonly RecordedFinding[];
  readonly further: Readonly<Record<string, readonly string[]>>;
}

/** What failed by now. Failures are told apart by what failed and by the communication that made it fail, as they are found and once more when they are small. */
export class Findings {
  readonly open: UnminimisedFailure[] = [];
  readonly found: RecordedFinding[] = [];
  /** By property: keys of failures that were left as they are. */
  readonly further = new Map<string, string[]>();
  private readonly keys = new Set<string>();

  has(key: string): boolean {
    return this.keys.has(key);
  }

  /** Whether so many failures are told apart that others are no longer counted: memory stays flat, whatever fails. */
  get isFull(): boolean {
    return this.keys.size >= KEYS_MAX;
  }

  /** How many failures of a property, in a group, are still made small. */
  roomFor(property: string, group: string): number {
    const open = this.open.filter((of) => of.failed.property === property && of.group === group).length;
    const found = this.found.filter((of) => of.finding.property === property && of.group === group);
    return (group === '' ? OF_PROPERTY_MAX : OF_KNOWN_MAX) - open - found.reduce((n, { ways }) => n + ways.length, 0);
  }

  /** Whether a property failed, in a group, of which there is no finding yet. */
  get isOneMissing(): boolean {
    return this.open.some(
      ({ failed, group }) => !this.found.some((of) => of.finding.property === failed.property && of.group === group),
    );
  }

  /** Takes in a failure that is to be made small. */
  add(open: UnminimisedFailure): void {
    this.keys.add(open.failed.key);
    this.open.push(open);
  }

  /** Takes in one that is not. */
  count({ key, property }: Pick<BatchFailure, 'key' | 'property'>): void {
    this.keys.add(key);
    const others = this.further.get(property);
    if (others === undefined) this.further.set(property, [key]);
    else others.push(key);
  }

  /** Takes in what has come of an open one. Returns the finding where it is one that was not there before. */
  made({ key, least, finding }: MinimisedFailure, base: string): RecordedFinding | undefined {
    const i = this.open.findIndex(({ failed }) => failed.key === key);
    if (i < 0) return undefined;
    const [{ after, group }] = this.open.splice(i, 1);
    const same = this.found.findIndex((of) => of.key === least);
    if (same >= 0) {
      this.found[same] = { ...this.found[same], ways: [...this.found[same].ways, key] };
      return undefined;
    }
    const found = { key: least, finding, base, group, after, ways: [key] };
    this.found.push(found);
    return found;
  }

  toJSON(): FindingsJson {
    const { keys, open, found, further } = this;
    return { keys: [...keys], open, found, further: Object.fromEntries(further) };
  }

  /** Adds what another has found, where it is new. */
  merge({ keys, open, found, further }: FindingsJson): void {
    for (const of of open) if (!this.keys.has(of.failed.key)) this.open.push(of);
    for (const of of found) if (!this.found.some(({ key }) => key === of.key)) this.found.push(of);
    for (const [property, keys] of Object.entries(further))
      for (const key of keys) if (!this.keys.has(key)) this.count({ key, property });
    for (const key of keys) this.keys.add(key);
  }
}
