import type fc from 'fast-check';
import { SCHEMA } from '../../src/input/schema.ts';
import type { ActorSpec, OperationSpec, VmSpec } from '../../src/vm/spec.ts';
import { dice, SpecArbitrary } from './spec.ts';

/** The kind of scenarios to draw. */
export interface VmShapes {
  /** A thread that writes any value, at any width, to any byte of the last ring. */
  readonly hostile: boolean;
}

const STARTS = [0, 1, 65530, 65534, 65535];
const CONS = ['0', '1', '2', '3', '4', '5', '32767', '32768', '65534', '65535'];

/** Random VMs: ring sizes, vCPUs, pages, resetters, initial indices. */
export class VmArbitrary extends SpecArbitrary {
  constructor(shapes: VmShapes) {
    super((random) => draw(random, shapes));
  }
}

function draw(random: fc.Random, { hostile }: VmShapes): VmSpec {
  const { upTo, times } = dice(random);
  const vcpus = 1 + upTo(1);
  const npages = 1 + upTo(2);
  const rings = times(vcpus + (hostile ? 1 : 0), () => {
    const size = 2 << upTo(1);
    return { size, leeway: upTo(1) };
  });
  const slots = [{ slot: 0, npages }, ...(upTo(2) === 0 ? [{ slot: 65536, npages: 1 }] : [])];
  const page = (): readonly [number, number] => {
    const { slot, npages } = slots[upTo(slots.length - 1)];
    return [slot, upTo(npages - 1)];
  };
  const writes = (): OperationSpec[] => times(1 + upTo(3), () => ({ do: 'write', pages: times(1 + upTo(1), page) }));
  const actors: ActorSpec[] = [
    ...times(
      vcpus,
      (i): ActorSpec => ({ name: `vcpu${i}`, role: 'vcpu', vcpu: i, operations: [...writes(), { do: 'halt' }] }),
    ),
    { name: 'userspace', role: 'userspace', operations: [{ do: 'serve' }] },
    ...times(
      upTo(2),
      (i): ActorSpec => ({
        name: `kernel${i}`,
        role: 'kernel',
        operations: times(1 + upTo(2), () => ({ do: 'reset' })),
      }),
    ),
  ];
  if (hostile) {
    const ring = vcpus;
    const pushes = times(upTo(4), (): OperationSpec => ({ do: 'push', slot: 0, offset: upTo(npages) }));
    actors.push({ name: `vcpu${ring}`, role: 'vcpu', vcpu: ring, operations: pushes });
    actors.push({
      name: 'hostile',
      role: 'hostile',
      operations: times(1 + upTo(6), () => drawPoke(random, ring, rings[ring].size)),
    });
  }
  return { schema: SCHEMA, name: 'drawn', rings, slots, index: STARTS[upTo(STARTS.length - 1)], actors, sometimes: [] };
}

function drawPoke(random: fc.Random, ring: number, size: number): OperationSpec {
  const upTo = (n: number): number => random.nextInt(0, n);
  if (upTo(1) === 0) return { do: 'poke', ring, at: 2, bits: 16, value: CONS[upTo(CONS.length - 1)] };
  const bits = ([8, 16, 32, 64] as const)[upTo(3)];
  const at = upTo((size * 128) / bits - 1) * (bits / 8);
  const value = upTo(1) === 0 ? random.nextBigInt(0n, (1n << BigInt(bits)) - 1n) : BigInt(upTo(3));
  return { do: 'poke', ring, at, bits, value: `${value}` };
}
