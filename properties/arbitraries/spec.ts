import fc from 'fast-check';
import { shrinkVm } from '../../src/run/shrink.ts';
import type { VmSpec } from '../../src/vm/spec.ts';

/**
 * VMs that `draw` makes. Shrinking removes actors, operations and hostile writes, then makes values
 * smaller. A shrunk VM must still satisfy `kind`.
 */
export class SpecArbitrary extends fc.Arbitrary<VmSpec> {
  private readonly draw: (random: fc.Random) => VmSpec;
  private readonly kind: (spec: VmSpec) => boolean;

  constructor(draw: (random: fc.Random) => VmSpec, kind: (spec: VmSpec) => boolean = () => true) {
    super();
    this.draw = draw;
    this.kind = kind;
  }

  generate(random: fc.Random): fc.Value<VmSpec> {
    return new fc.Value(this.draw(random), undefined);
  }

  canShrinkWithoutContext(value: unknown): value is VmSpec {
    return typeof value === 'object' && value !== null && 'rings' in value;
  }

  shrink(spec: VmSpec): fc.Stream<fc.Value<VmSpec>> {
    return fc
      .stream(shrinkVm(spec))
      .filter(this.kind)
      .map((value) => new fc.Value(value, undefined));
  }
}

/** Helpers to draw: a number from 0 to n, an element of a list, or a list of n things. */
export function dice(random: fc.Random) {
  const upTo = (n: number): number => random.nextInt(0, n);
  return {
    upTo,
    one: <T>(list: readonly T[]): T => list[upTo(list.length - 1)],
    times: <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i)),
  };
}
