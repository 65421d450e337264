import type fc from 'fast-check';
import { STEPS } from '../../src/actors/checkpoint.ts';
import { SCHEMA } from '../../src/input/schema.ts';
import type { TrackerName } from '../../src/trackers/interface/names.ts';
import type { ActorSpec, OperationSpec, VmSpec } from '../../src/vm/spec.ts';
import { dice, SpecArbitrary } from './spec.ts';

/** What kind of VMs to draw. */
export interface TrackerVmShapes {
  readonly trackers: readonly TrackerName[];
  /** Second resetters, signals, and slots that change. The merged ring is known to lose pages with each of them. */
  readonly hazards: boolean;
}

/** Random honest VMs of each tracker, of a shape and with a userspace that it is said to be right for. */
export class TrackerVmArbitrary extends SpecArbitrary {
  constructor(shapes: TrackerVmShapes) {
    super((random) => draw(random, shapes), isServed);
  }
}

/** Whether somebody looks after the vCPUs until the last has halted. A VM that is less than that may stop for ever. */
function isServed({ actors }: VmSpec): boolean {
  const lasts = actors.map(({ operations }) => operations.at(-1)?.do);
  return (
    lasts.some((last) => last === 'serve' || last === 'replicate' || last === 'migrate') &&
    actors.every(({ role }, a) => role !== 'vcpu' || lasts[a] === 'halt')
  );
}

const HAVE_BACKUP: readonly TrackerName[] = ['dirty-ring@6.12', 'dirty-ring@6.17', 'dirty-ring@repaired'];
const FAILS = [undefined, undefined, ...STEPS] as const;

function draw(random: fc.Random, { trackers, hazards }: TrackerVmShapes): VmSpec {
  const { upTo, one, times } = dice(random);
  const tracker = one(trackers);
  const merged = tracker.startsWith('dirty-ring');
  // Its reset drops what was pushed since it was fetched, so that nobody may write meanwhile.
  const paused = tracker === 'gfn-list';
  const vcpus = 1 + upTo(1);
  const pml = upTo(2) === 0 ? 1 + upTo(1) : undefined;
  const backupBitmap = HAVE_BACKUP.includes(tracker) && upTo(1) === 0;
  const hostWrites = (!merged || backupBitmap) && upTo(2) === 0;
  const index = one(merged ? [0, 1, 0xffff_fffd, 0xffff_ffff] : [0, 1, 65530, 65534, 65535]);

  const slots = [{ slot: 0, npages: 1 + upTo(2) }, ...(upTo(2) === 0 ? [{ slot: 65536, npages: 1 + upTo(1) }] : [])];
  const userspace = times(hazards && !paused ? Math.max(0, upTo(5) - 3) : 0, (): OperationSpec => {
    const { slot, npages } = one(slots);
    return { do: 'set-slot', slot, npages: one([0, 1, npages, npages + 1]) };
  });
  const page = (): readonly [number, number] => {
    const { slot, npages } = one(slots);
    const sizes = userspace.flatMap((op) => (op.do === 'set-slot' && op.slot === slot ? [op.npages] : []));
    return [slot, upTo(Math.max(npages, ...sizes) - 1)];
  };
  const pages = () => times(1 + upTo(1), page);
  const kind = one(paused ? ['replicate', 'checkpoints'] : ['serve', 'serve', 'replicate', 'checkpoints', 'migrate']);
  if (kind === 'migrate') userspace.push({ do: kind, few: upTo(1), rounds: upTo(2) });
  else {
    const checkpoints = times(kind === 'checkpoints' ? 1 + upTo(2) : 0, (): OperationSpec => {
      const fails = one(FAILS);
      return { do: 'checkpoint', ...(fails && { fails }) };
    });
    userspace.push(...checkpoints, { do: kind === 'serve' ? kind : 'replicate' });
  }
  const resetters = hazards && !paused ? upTo(2) : 0;
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
  // What a vCPU may record between two looks at its ring: nothing else keeps the merged ring from getting full.
  const changes = userspace.filter((op) => op.do === 'set-slot').length;
  const most = (pml ?? 2) + 2 * changes;
  const rings = times(vcpus, () => {
    const leeway = merged ? most + upTo(1) : pml !== undefined ? most - 1 + upTo(1) : upTo(1);
    return { size: one([2, 4, 8, 16].filter((entries) => entries > leeway).slice(0, 2)), leeway };
  });
  // Nobody makes room for the host when the vCPUs have halted.
  if (hostWrites) rings.push({ size: 8, leeway: 1 });
  const manualProtect = tracker === 'dirty-bitmap' ? one([undefined, 'on', 'initially set'] as const) : undefined;
  return {
    schema: SCHEMA,
    name: 'drawn',
    tracker,
    rings,
    slots,
    index,
    ...(manualProtect && { manualProtect }),
    ...(backupBitmap && { backupBitmap }),
    ...(pml && { pml }),
    actors,
    sometimes: [],
  };
}
