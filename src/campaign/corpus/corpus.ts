import { type CorpusEntry, entryHash, scenarioHash } from './corpusEntry.ts';

/** An entry of the corpus as the planner uses it. */
export interface CorpusSeed {
  readonly entry: CorpusEntry;
  /** Hash of the entry, the name of its file. */
  readonly hash: string;
  /** Hash of its scenario. */
  readonly scenario: number;
  /** How often a batch was planned from it. The planner counts this. */
  picked: number;
}

/** Entries of one scenario, with its mutated ones, that a campaign adds by itself. */
const ENTRIES_MAX = 256;

/** The executions that covered something new, by scenario. */
export class Corpus {
  readonly byBase: readonly CorpusSeed[][];

  constructor(bases: number) {
    this.byBase = Array.from({ length: bases }, () => []);
  }

  get seeds(): CorpusSeed[] {
    return this.byBase.flat();
  }

  get size(): number {
    return this.byBase.reduce((n, seeds) => n + seeds.length, 0);
  }

  isFull(base: number): boolean {
    return this.byBase[base].length >= ENTRIES_MAX;
  }

  /** Adds an entry. Returns undefined if it is there already. */
  add(base: number, entry: CorpusEntry): CorpusSeed | undefined {
    const seed = toSeed(entry, 0);
    if (this.byBase[base].some(({ hash }) => hash === seed.hash)) return undefined;
    this.byBase[base].push(seed);
    return seed;
  }

  drop(hashes: ReadonlySet<string>): void {
    for (const seeds of this.byBase) seeds.splice(0, Infinity, ...seeds.filter(({ hash }) => !hashes.has(hash)));
  }

  toJSON(): CorpusJson {
    return this.byBase.map((seeds) => seeds.map(({ entry, picked }) => ({ entry, picked })));
  }

  restore(json: CorpusJson): void {
    for (const [base, seeds] of json.entries())
      this.byBase[base].push(...seeds.map(({ entry, picked }) => toSeed(entry, picked)));
  }
}

/** As plain data. */
export type CorpusJson = readonly (readonly Pick<CorpusSeed, 'entry' | 'picked'>[])[];

const toSeed = (entry: CorpusEntry, picked: number): CorpusSeed => ({
  entry,
  hash: entryHash(entry),
  scenario: scenarioHash(entry.scenario),
  picked,
});
