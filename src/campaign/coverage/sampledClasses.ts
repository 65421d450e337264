/** Maximum number of classes in the sample. If there are more, the sample is halved. */
export const SAMPLE_MAX = 1 << 13;

/** As plain data. */
export interface SampledJson {
  readonly halvings: number;
  readonly drawn: number;
  /** Pairs of a class and how often it was drawn. */
  readonly seen: readonly (readonly [number, number])[];
}

/**
 * Estimates the number of happens-before classes in bounded memory by adaptive sampling (Wegman;
 * Flajolet, "On Adaptive Sampling", Computing 43, 1990). The sample has the classes whose hash ends
 * with a number of zero bits. It does not depend on the order in which classes come.
 */
export class SampledClasses {
  /** How often the sample was halved: so many lower bits of a hash must be zero. */
  private halvings = 0;
  /** Executions that a scheduler drew. */
  drawn = 0;
  /** By hash of a class in the sample: how often it was drawn. */
  private readonly seen = new Map<number, number>();

  isSampled(hash: number): boolean {
    return hash % 2 ** this.halvings === 0;
  }

  /**
   * @param isDrawn whether a scheduler drew the execution. Only these say how likely a class is.
   */
  add(hash: number, isDrawn: boolean): void {
    if (!this.isSampled(hash)) return;
    this.seen.set(hash, (this.seen.get(hash) ?? 0) + (isDrawn ? 1 : 0));
    while (this.seen.size > SAMPLE_MAX) this.halve();
  }

  /** Number of distinct classes: exact up to 8,192, beyond that an estimate within about 2%. */
  get distinct(): number {
    return this.seen.size * 2 ** this.halvings;
  }

  /**
   * The probability that the next draw is of a new class. The estimate is the number of classes
   * drawn once divided by the number of draws (Good, "The Population Frequencies of Species",
   * Biometrika 40, 1953). Null if nothing was drawn.
   */
  get unseen(): number | null {
    return this.drawn === 0 ? null : Math.min(1, (this.classesDrawn(1) * 2 ** this.halvings) / this.drawn);
  }

  /**
   * Lower bound of the number of classes that were not seen (Chao, Scandinavian Journal of
   * Statistics 11, 1984). Null if too few classes were drawn twice for an estimate.
   */
  get left(): number | null {
    const [once, twice] = [this.classesDrawn(1), this.classesDrawn(2)];
    if (once === 0) return this.drawn === 0 ? null : 0;
    return twice === 0 ? null : Math.round(((once * once) / (2 * twice)) * 2 ** this.halvings);
  }

  toJSON(): SampledJson {
    const { halvings, drawn, seen } = this;
    return { halvings, drawn, seen: [...seen].sort(([a], [b]) => a - b) };
  }

  /** Adds the draws of another sample. */
  merge({ halvings, drawn, seen }: SampledJson): void {
    this.drawn += drawn;
    while (this.halvings < halvings) this.halve();
    for (const [hash, count] of seen) if (this.isSampled(hash)) this.seen.set(hash, (this.seen.get(hash) ?? 0) + count);
    while (this.seen.size > SAMPLE_MAX) this.halve();
  }

  /** Number of classes in the sample that were drawn exactly `times` times. */
  private classesDrawn(times: number): number {
    let n = 0;
    for (const count of this.seen.values()) if (count === times) n++;
    return n;
  }

  private halve(): void {
    this.halvings++;
    for (const hash of this.seen.keys()) if (!this.isSampled(hash)) this.seen.delete(hash);
  }
}
