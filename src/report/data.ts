/**
 * The data in a report page, as plain JSON. The viewer reads it in a browser, so this file imports
 * nothing. Steps, actors, operations, places, texts and sources are named by their index, from 0.
 */

/** One step. */
export interface StepData {
  readonly actor: number;
  /** Index among the actor's operations. */
  readonly operation: number;
  /** The first step of a run of that operation, and the last. */
  readonly begins?: true;
  readonly ends?: true;
  /** A name of `kindNames`; `leaves` is a store that leaves the store buffer of its actor. */
  readonly kind: string;
  /** The place that it accesses; undefined for a fence. */
  readonly place?: number;
  readonly text: number;
  /** Undefined when the source line is unknown. */
  readonly source?: number;
  /**
   * Reads-from: pairs of the step that stored the value, and the newest store at that time. -1 is
   * the initial value.
   */
  readonly reads?: readonly (readonly [number, number])[];
  /** Steps of other actors whose stores it overwrites without having read them. */
  readonly overwrites?: readonly number[];
  /** The earlier step whose store is later than this one in coherence order. */
  readonly coherenceBefore?: number;
  /** Changed words of memory: index of the 32-bit word, new value. */
  readonly sets?: readonly (readonly [number, number])[];
  /** Its store goes into the actor's store buffer. */
  readonly buffered?: true;
  /** The step whose store leaves the buffer in this step. */
  readonly flushes?: number;
  /**
   * Where actors have views: the values that an actor may read from a place from now on, newest
   * first, if they changed.
   */
  readonly mayRead?: readonly { readonly actor: number; readonly place: number; readonly values: readonly string[] }[];
}

export interface PlaceData {
  readonly name: string;
  readonly kind: 'cell' | 'lock';
  readonly bits: number;
  /** In bytes. */
  readonly offset: number;
}

/** An array of entries with indices that run around it. Entries and indices are places. */
export interface RingData {
  readonly name: string;
  readonly entries: readonly (readonly { readonly field: string; readonly place: number }[])[];
  readonly indices: readonly { readonly name: string; readonly place: number }[];
  /** The entries from the first index up to the second are in use. */
  readonly used?: readonly [number, number];
}

/** A guest page. All numbers are places. */
export interface PageData {
  readonly name: string;
  readonly version: number;
  readonly translations: number;
  readonly armed: number;
  /** Userspace's copy of the page. */
  readonly copy?: number;
}

/** Which places the state panel shows as rings, pages, locks and other cells. */
export interface DrawingData {
  readonly rings: readonly RingData[];
  readonly pages: readonly PageData[];
  readonly locks: readonly number[];
  readonly others: readonly number[];
}

/** One execution. */
export interface InterleavingData {
  readonly kind: 'interleaving';
  readonly scenario: string;
  readonly memoryModel: string;
  /** Whether actors have store buffers, and whether they may read old stores. */
  readonly hasBuffers: boolean;
  readonly hasViews: boolean;
  readonly tearing: boolean;
  readonly canary?: string;
  readonly contextSwitches: number;
  /** The violation; null: every property holds. */
  readonly failed: {
    readonly property: string;
    readonly message: string;
    /** The last step before the violation was seen. */
    readonly step: number;
    /** The violation was seen at quiescence, and not at a step. */
    readonly atEnd: boolean;
  } | null;
  /**
   * The property that the finding names, if another one fails or none: the code has changed since.
   */
  readonly expected?: string;
  /** Command lines that reproduce the finding, and what each shows. */
  readonly commands: readonly { readonly what: string; readonly line: string }[];
  readonly actors: readonly { readonly name: string; readonly operations: readonly string[] }[];
  readonly places: readonly PlaceData[];
  readonly texts: readonly string[];
  /**
   * Position of an access: `function file:line:column`; and the line of code, if it could be read.
   */
  readonly sources: readonly { readonly at: string; readonly code?: string }[];
  readonly steps: readonly StepData[];
  /** Size of memory. */
  readonly bytes: number;
  /** The nonzero words before the first step: index of the 32-bit word, value. */
  readonly initial: readonly (readonly [number, number])[];
  readonly drawing: DrawingData;
}

/** Coverage of a campaign after a number of executions. */
export interface GrowthData {
  readonly executions: number;
  readonly pairs: number;
  readonly states: number;
  readonly transitions: number;
  readonly entries: number;
}

/** One finding of a campaign. */
export interface CampaignFindingData {
  readonly key: string;
  readonly property: string;
  readonly message: string;
  readonly scenario: string;
  readonly memoryModel: string;
  readonly contextSwitches: number;
  /** Number of executions before it was found. */
  readonly after: number;
  /** Number and title of the known defect; null: it is not a known one. */
  readonly catalogue: string | null;
  readonly title: string | null;
  /** Link from the page to the finding's file. */
  readonly href: string;
  /** Why there is no such file. */
  readonly unwritten?: string;
  /** Command line that reproduces it. */
  readonly replay: string;
  readonly interleaving?: InterleavingData;
  /** The reason when there is no interleaving. */
  readonly why?: string;
}

/** A campaign. */
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
  /** After 1, 2, 4, … batches, and now. */
  readonly growth: readonly GrowthData[];
  /** Time samples. `seconds` is the wall time of all runs together; `run` tells the runs apart. */
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
    /** Probability that the next execution is of a class not seen yet; null: unknown. */
    readonly unseen: number | null;
    /** Claims (`sometimes`) that no execution reached. */
    readonly missing: readonly string[];
  }[];
  readonly findings: readonly CampaignFindingData[];
  /** By property: failures that were counted and not shrunk. */
  readonly surplus: readonly (readonly [string, number])[];
  /** Number of failures that are not shrunk yet. */
  readonly unminimised: number;
  /** Batches that could not be run. */
  readonly lostBatches: readonly string[];
  /** What is wrong with each file of `findings/` that is no finding, or was changed. */
  readonly unreadable: readonly string[];
}
