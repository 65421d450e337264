/** Classes that are kept apart; with more, every second is forgotten, and from then on only such are kept as would not have been. */
const KEPT_MAX = 1 << 13;

/** As plain data: pairs of a class and how often it was drawn. */
export interface SampledJson {
  readonly halvings: number;
  readonly drawn: number;
  readonly seen: readonly (readonly [number, number])[];
}

/**
 * How many classes there were, and how much is left, in little memory: of the hashes of classes, those whose lower bits are zero stand for all (adaptive sampling,
 * Wegman; Flajolet, "On Adaptive Sampling", Computing 43, 1990). It does not matter in which order they come.
 */
export class SampledClasses {
  private halvings = 0;
  /** How many executions were drawn. */
  drawn = 0;
  private readonly seen = new Map<number, number>();

  /** Whether a class is one of those that stand for all. */
  wants(hash: number): boolean {
    return hash % 2 ** this.halvings === 0;
  }

  /** @param isDrawn whether a scheduler drew the execution: others say nothing about how likely a class is. */
  add(hash: number, isDrawn: boolean): void {
    if (!this.wants(hash)) return;
    this.seen.set(hash, (this.seen.get(hash) ?? 0) + (isDrawn ? 1 : 0));
    while (this.seen.size > KEPT_MAX) this.halve();
  }

  /** Distinct classes: exact up to 8,192, about that many beyond (within 2% or so). */
  get distinct(): number {
    return this.seen.size * 2 ** this.halvings;
  }

  /**
   * The probability that the next drawn execution is of a class that no drawn one was of: the share of classes drawn once among the draws (Good, "The
   * Population Frequencies of Species", Biometrika 40, 1953); null where nothing was drawn.
   */
  get unseen(): number | null {
    return this.drawn === 0 ? null : Math.min(1, (this.drawnTimes(1) * 2 ** this.halvings) / this.drawn);
  }

  /** At least so many classes there are that were not seen (Chao, Scandinavian Journal of Statistics 11, 1984); null where too few were seen twice to say. */
  get left(): number | null {
    const [once, twice] = [this.drawnTimes(1), this.drawnTimes(2)];
    if (once === 0) return this.drawn === 0 ? null : 0;
    return twice === 0 ? null : Math.round(((once * once) / (2 * twice)) * 2 ** this.halvings);
  }

  toJSON(): SampledJson {
    const { halvings, drawn, seen } = this;
    return { halvings, drawn, seen: [...seen].sort(([a], [b]) => a - b) };
  }

  /** Adds what another has counted. */
  merge({ halvings, drawn, seen }: SampledJson): void {
    this.drawn += drawn;
    while (this.halvings < halvings) this.halve();
    for (const [hash, count] of seen) if (this.wants(hash)) this.seen.set(hash, (this.seen.get(hash) ?? 0) + count);
    while (this.seen.size > KEPT_MAX) this.halve();
  }

  private drawnTimes(times: number): number {
    let n = 0;
    for (const count of this.seen.values()) if (count === times) n++;
    return n;
  }

  private halve(): void {
    this.halvings++;
    for (const hash of this.seen.keys()) if (!this.wants(hash)) this.seen.delete(hash);
  }
}
