import type { ReadValue } from './threadProbe.ts';

/** A value, and the threads that have been seen to write it, as bits. */
interface PossibleValue {
  readonly value: ReadValue;
  writers: number;
}

/** By location: the values that it may have. */
export class LocationValues {
  /** Grows with each new value, and each new writer of one. */
  size = 0;
  private readonly values = new Map<number, Map<number, PossibleValue>>();

  /** @param writer a thread; -1: the value is the initial one. */
  add(location: number, low: number, high: number, writer: number): void {
    const known = this.values.get(location) ?? new Map<number, PossibleValue>();
    const key = high * 2 ** 32 + low;
    const value = known.get(key) ?? { value: [low, high], writers: 0 };
    if (!known.has(key)) {
      this.values.set(location, known.set(key, value));
      this.size++;
    }
    const bit = writer < 0 ? 0 : 1 << writer;
    if ((value.writers & bit) !== bit) this.size++;
    value.writers |= bit;
  }

  of(location: number): readonly ReadValue[] {
    return [...(this.values.get(location)?.values() ?? [])].map(({ value }) => value);
  }

  /** The values that other threads than this one write to a location. */
  byOthers(thread: number, location: number): readonly ReadValue[] {
    return [...(this.values.get(location)?.values() ?? [])].flatMap(({ value, writers }) =>
      (writers & ~(1 << thread)) === 0 ? [] : [value],
    );
  }
}
