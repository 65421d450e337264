import type fc from 'fast-check';
import { CHECKPOINT_STEPS } from '../../src/actors/checkpoint.ts';
import { SCHEMA } from '../../src/input/schema.ts';
import { trackers } from '../../src/trackers/registry.ts';
import type { ActorSpec, OperationSpec, VmSpec } from '../../src/vm/spec.ts';
import { dice, SpecArbitrary } from './spec.ts';

/** The kind of VMs to draw. */
export interface TrackerVmShapes {
  readonly trackers: readonly string[];
  /**
   * Second resetters, signals, and slots that change. The merged ring may lose pages with each of
   * them.
   */
  readonly hazards: boolean;
}

/** Random honest VMs within the assumptions of each tracker. */
export class TrackerVmArbitrary extends SpecArbitrary {
  constructor(shapes: TrackerVmShapes) {
    super((random) => draw(random, shapes), isServed);
  }
}

/** Whether userspace frees entries until the last vCPU has halted. Otherwise a VM may hang. */
function isServed({ actors }: VmSpec): boolean {
  const lasts = actors.map(({ operations }) => operations.at(-1)?.do);
  return (
    lasts.some((last) => last === 'serve' || last === 'replicate' || last === 'migrate') &&
    actors.every(({ role }, a) => role !== 'vcpu' || lasts[a] === 'halt')
  );
}

const FAILS = [undefined, undefined, ...CHECKPOINT_STEPS] as const;
type Dice = ReturnType<typeof dice>;
type PageRef = readonly [number, number];

/** Random pages of slots that userspace may change. */
function pagesOf({ upTo, one, times }: Dice, slots: VmSpec['slots'], changes: readonly OperationSpec[]) {
  const page = (): PageRef => {
    const { slot, npages } = one(slots);
    const sizes = changes.flatMap((op) => (op.do === 'set-slot' && op.slot === slot ? [op.npages] : []));
    return [slot, upTo(Math.max(npages, ...sizes) - 1)];
  };
  return (): PageRef[] => times(1 + upTo(1), page);
}

/** The operations with which userspace drains the tracker until all vCPUs have halted. */
function serving({ upTo, one, times }: Dice, isPaused: boolean): OperationSpec[] {
  const kind = one(isPaused ? ['replicate', 'checkpoints'] : ['serve', 'serve', 'replicate', 'checkpoints', 'migrate']);
  if (kind === 'migrate') return [{ do: kind, few: upTo(1), passes: upTo(2) }];
  const checkpoints = times(kind === 'checkpoints' ? 1 + upTo(2) : 0, (): OperationSpec => {
    const fails = one(FAILS);
    return { do: 'checkpoint', ...(fails && { fails }) };
  });
  return [...checkpoints, { do: kind === 'serve' ? kind : 'replicate' }];
}

/** Rings with the leeway that the tracker needs. Without it the merged ring can become full. */
function ringsFor(
  { upTo, one, times }: Dice,
  vcpus: number,
  { merged, pml, changes }: { readonly merged: boolean; readonly pml: number | undefined; readonly changes: number },
): VmSpec['rings'][number][] {
  const most = (pml ?? 2) + 2 * changes;
  return times(vcpus, () => {
    const leeway = merged ? most + upTo(1) : pml !== undefined ? most - 1 + upTo(1) : upTo(1);
    return { size: one([2, 4, 8, 16].filter((entries) => entries > leeway).slice(0, 2)), leeway };
  });
}

function draw(random: fc.Random, { trackers: names, hazards }: TrackerVmShapes): VmSpec {
  const rolls = dice(random);
  const { upTo, one, times } = rolls;
  const tracker = one(names);
  const { whenFull, drainedWhile, options } = trackers[tracker];
  const merged = whenFull === 'overwrite';
  const isPaused = drainedWhile === 'paused';
  const vcpus = 1 + upTo(1);
  const pml = upTo(2) === 0 ? 1 + upTo(1) : undefined;
  const backupBitmap = options.includes('backupBitmap') && upTo(1) === 0;
  const hostWrites = (!merged || backupBitmap) && upTo(2) === 0;
  const index = one(merged ? [0, 1, 0xffff_fffd, 0xffff_ffff] : [0, 1, 65530, 65534, 65535]);

  const slots = [{ slot: 0, npages: 1 + upTo(2) }, ...(upTo(2) === 0 ? [{ slot: 65536, npages: 1 + upTo(1) }] : [])];
  const changes = times(hazards && !isPaused ? Math.max(0, upTo(5) - 3) : 0, (): OperationSpec => {
    const { slot, npages } = one(slots);
    return { do: 'set-slot', slot, npages: one([0, 1, npages, npages + 1]) };
  });
  const pages = pagesOf(rolls, slots, changes);
  const userspace = [...changes, ...serving(rolls, isPaused)];
  const resetters = hazards && !isPaused ? upTo(2) : 0;
  const signals = times(
    hazards ? Math.max(0, upTo(4) - 2) : 0,
    (): OperationSpec => ({ do: 'signal', to: 'userspace' }),
  );
  const host = [
    ...times(hostWrites ? 1 + upTo(1) : 0, (): OperationSpec => ({ do: 'host-write', pages: pages() })),
    ...signals,
  ];
  const actors: ActorSpec[] = [
    ...times(vcpus, (i): ActorSpec => {
      const writes = times(1 + upTo(3), (): OperationSpec => ({ do: 'write', pages: pages() }));
      return { name: `vcpu${i}`, role: 'vcpu', vcpu: i, operations: [...writes, { do: 'halt' }] };
    }),
    { name: 'userspace', role: 'userspace', operations: userspace },
    ...(host.length > 0 ? [{ name: 'host', role: 'host', operations: host } as const] : []),
    ...times(resetters, (i): ActorSpec => ({ name: `kernel${i}`, role: 'kernel', operations: [{ do: 'reset' }] })),
  ];
  const rings = ringsFor(rolls, vcpus, { merged, pml, changes: changes.length });
  // No thread frees entries for the host after the vCPUs have halted.
  if (hostWrites) rings.push({ size: 8, leeway: 1 });
  const manualProtect = options.includes('manualProtect')
    ? one([undefined, 'on', 'initially set'] as const)
    : undefined;
  return {
    ...{ schema: SCHEMA, name: 'drawn', tracker, rings, slots, index },
    ...(manualProtect && { manualProtect }),
    ...(backupBitmap && { backupBitmap }),
    ...(pml && { pml }),
    actors,
    sometimes: [],
  };
}
