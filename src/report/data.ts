/**
 * What is put into a page, as plain JSON. The viewer reads it in a browser, so this file imports nothing.
 */

/** One step. Numbers of steps are indices, from 0. */
export interface StepData {
  readonly actor: number;
  /** Index among the actor's `operations`; whether it is the first step of that operation's run, and the last. */
  readonly operation: number;
  readonly begins?: true;
  readonly ends?: true;
  /** What it does, as `kindNames` has it; `leaves`: a store that leaves its actor's buffer. */
  readonly kind: string;
  /** The place that it accesses; left out: a fence. */
  readonly place?: number;
  /** Indices in `texts` and, where the line is known, in `sources`. */
  readonly text: number;
  readonly source?: number;
  /** Pairs: the step whose store was read, and that of the newest store there was; -1: the initial value. */
  readonly reads?: readonly (readonly [number, number])[];
  readonly over?: readonly number[];
  readonly under?: number;
  /** Words of memory that it changed, by index of 32 bits, and what they hold then. */
  readonly sets?: readonly (readonly [number, number])[];
  /** Its store goes into the actor's buffer; or it lets that of this step out. */
  readonly buffered?: true;
  readonly lets?: number;
  /** Under `weak`: what an actor may read from a place from here on, newest first, where that has changed. */
  readonly sees?: readonly { readonly actor: number; readonly place: number; readonly values: readonly string[] }[];
}

export interface PlaceData {
  readonly name: string;
  readonly kind: 'cell' | 'lock';
  readonly bits: number;
  /** In bytes. */
  readonly offset: number;
}

/** Entries that indices go round in. All numbers are those of places. */
export interface RingData {
  readonly name: string;
  readonly entries: readonly (readonly { readonly field: string; readonly place: number }[])[];
  readonly cursors: readonly { readonly name: string; readonly place: number }[];
  /** Entries from the first of these up to the second are in use. */
  readonly used?: readonly [number, number];
}

export interface PageData {
  readonly name: string;
  readonly version: number;
  readonly translations: number;
  readonly armed: number;
  /** Userspace's copy of it. */
  readonly copy?: number;
}

/** What of memory is drawn, and how. */
export interface DrawingData {
  readonly rings: readonly RingData[];
  readonly pages: readonly PageData[];
  readonly locks: readonly number[];
  readonly others: readonly number[];
}

/** An execution for people to look at. */
export interface InterleavingData {
  readonly kind: 'interleaving';
  readonly scenario: string;
  readonly memoryModel: string;
  readonly tearing: boolean;
  readonly canary?: string;
  readonly contextSwitches: number;
  /** What does not hold, what was seen, and the last step before that was seen; `atEnd`: of all, when nothing went on. Null: all holds. */
  readonly failed: {
    readonly property: string;
    readonly message: string;
    readonly step: number;
    readonly atEnd: boolean;
  } | null;
  /** What the finding says, where that is not what fails now: the code has changed since. */
  readonly expected?: string;
  /** Command lines that bring it back. */
  readonly commands: readonly { readonly what: string; readonly line: string }[];
  readonly actors: readonly { readonly name: string; readonly operations: readonly string[] }[];
  readonly places: readonly PlaceData[];
  readonly texts: readonly string[];
  /** Where an access stands: `function file:line:column`; and the line, where it could be read. */
  readonly sources: readonly { readonly at: string; readonly code?: string }[];
  readonly steps: readonly StepData[];
  /** Bytes of memory, and what its words hold before the first step, those that are not 0. */
  readonly bytes: number;
  readonly initial: readonly (readonly [number, number])[];
  readonly drawing: DrawingData;
}

/** How far a campaign was: what it covered, by executions, and by the clock where that was written down. */
export interface GrowthData {
  readonly executions: number;
  readonly pairs: number;
  readonly states: number;
  readonly transitions: number;
  readonly entries: number;
}

export interface CampaignFindingData {
  readonly key: string;
  readonly property: string;
  readonly message: string;
  readonly scenario: string;
  readonly memoryModel: string;
  readonly contextSwitches: number;
  /** Executions before it. */
  readonly after: number;
  /** What history knows it as; null: it does not. */
  readonly catalogue: string | null;
  readonly title: string | null;
  /** Its file, as a link from the page; and the command line that brings it back. */
  readonly href: string;
  readonly replay: string;
  /** Left out: it could not be run here, as `why` says. */
  readonly interleaving?: InterleavingData;
  readonly why?: string;
}

/** A table, as text. */
export interface TableData {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A campaign for people to look at. */
export interface CampaignData {
  readonly kind: 'campaign';
  readonly directory: string;
  readonly seed: number;
  readonly memoryModel: string;
  readonly tearing: boolean;
  readonly canary?: string;
  readonly executions: number;
  readonly steps: number;
  readonly failed: number;
  readonly classes: number;
  readonly coverage: GrowthData & { readonly claims: number; readonly isFull: boolean };
  /** At 1, 2, 4, … batches, and as it stands. */
  readonly growth: readonly GrowthData[];
  /** By the clock, in seconds of all runs; `run` tells them apart. */
  readonly clock: readonly (GrowthData & {
    readonly run: number;
    readonly seconds: number;
    readonly findings: number;
  })[];
  readonly scenarios: readonly {
    readonly name: string;
    readonly executions: number;
    readonly failed: number;
    readonly classes: number;
    readonly unseen: number | null;
    readonly missing: readonly string[];
  }[];
  readonly findings: readonly CampaignFindingData[];
  /** By property: failures that were counted, and not made small. */
  readonly further: readonly (readonly [string, number])[];
  /** Failures that were not made small yet. */
  readonly open: number;
  /** Batches that could not be run. */
  readonly lost: readonly string[];
  /** Which known bugs are caught, of the trackers of this campaign. */
  readonly canaries: readonly TableData[];
}
