import { trackerOf } from '../trackers/registry.ts';
import { type ActorSpec, type OperationSpec, performs, type VmSpec } from '../vm/spec.ts';
import type { TrackerDescriptor } from '../vm/trackerDescriptor.ts';

const LASTS: readonly OperationSpec['do'][] = ['halt', 'serve', 'replicate', 'migrate'];
const SERVES: readonly OperationSpec['do'][] = ['serve', 'replicate', 'migrate'];
/**
 * Whether a VM is one that its tracker is said to be right for, so that what is found in it is a bug: nobody waits for room that nobody makes, one party does what only one
 * may do, and nothing is in it that the tracker is known to get wrong. Scenarios that were written by hand know better and are not asked.
 */
export function satisfiesAssumptions(spec: VmSpec): boolean {
  const tracker = trackerOf(spec);
  const { actors } = spec;
  if (actors.filter(({ role }) => role === 'userspace').length > 1) return false;
  if (!actors.every(endsWhereItShould)) return false;
  if (performs(spec, 'set-slot') && performs(spec, 'push', 'poke', 'harvest')) return false;
  if (performs(spec, 'copy-first')) return false;
  // Who lies to itself about its entries has copies that are not the guest.
  if (performs(spec, 'poke') && performs(spec, 'checkpoint', 'replicate', 'migrate')) return false;
  // The mail's own function makes room and wakes nobody: that is for its caller to do.
  if (performs(spec, 'reset-ring') && performs(spec, 'write', 'host-write')) return false;
  return (
    tracker.isRightFor(spec) && hasLeeway(tracker, spec) && (tracker.whenFull === 'never' || hasRoom(tracker, spec))
  );
}

/** What comes last comes last alone, and pushes and writes do not mix: an actor with pushes has no guest. */
function endsWhereItShould({ operations }: ActorSpec): boolean {
  const kinds = operations.map((op) => op.do);
  if (kinds.slice(0, -1).some((kind) => LASTS.includes(kind))) return false;
  return !(kinds.includes('push') && kinds.includes('write'));
}

/** Whether someone looks after the vCPUs until the last has halted. */
const isServed = ({ actors }: VmSpec): boolean => {
  const lasts = actors.map(({ operations }) => operations.at(-1)?.do);
  return (
    lasts.some((last) => last !== undefined && SERVES.includes(last)) &&
    actors.every(({ role }, a) => role !== 'vcpu' || lasts[a] === 'halt')
  );
};

const pagesOf = (op: OperationSpec): number => ('pages' in op ? op.pages.length : 0);
const pagesBy = (actor: ActorSpec): number => actor.operations.reduce((sum, op) => sum + pagesOf(op), 0);

/** How many pages may be recorded twice because a slot has changed: a write has two of them under way, and the change re-arms them. */
const recordedAgain = ({ actors }: VmSpec): number =>
  2 * actors.reduce((n, { operations }) => n + operations.filter((op) => op.do === 'set-slot').length, 0);

/**
 * How often a page that this actor writes may be armed again while its own entry is still in the ring: as often as others record it without looking whether it is armed,
 * and a reset takes their entry.
 */
function rearmedByOthers({ actors, pml }: VmSpec, actor: ActorSpec): number {
  const own = new Set(actor.operations.flatMap(namesOf));
  const others = actors.filter((other) => other !== actor).flatMap(({ operations }) => operations);
  const unasked = others.filter((op) => op.do === 'push' || op.do === 'host-write' || pml !== undefined);
  return unasked.flatMap(namesOf).filter((name) => own.has(name)).length;
}

const namesOf = (op: OperationSpec): string[] =>
  op.do === 'push' ? [`${op.slot}:${op.offset}`] : 'pages' in op ? op.pages.map((page) => page.join(':')) : [];

/**
 * Whether the leeway is what a vCPU may record where it cannot stop. Entries of the merged ring are overwritten where there is no room; and what the hardware has
 * logged must go to the ring before the vCPU can be taken for stopped. Elsewhere a vCPU that finds no room stops, and R10 is asked where it must not
 * (`leewaySuffices`).
 */
function hasLeeway({ whenFull }: TrackerDescriptor, spec: VmSpec): boolean {
  const { rings, actors, pml } = spec;
  const again = recordedAgain(spec);
  return actors.every((actor) => {
    const { role, vcpu, operations } = actor;
    if (role !== 'vcpu' || whenFull === 'never') return true;
    const { leeway, size } = rings[vcpu!];
    const most = Math.max(1, ...operations.map(pagesOf));
    const more = again + rearmedByOthers(spec, actor);
    if (whenFull === 'overwrite') return leeway >= (pml ?? most) + more && size > leeway;
    return pml === undefined || leeway >= pml - 1 + more;
  });
}

/** Whether all that is written fits, or somebody makes room until all have halted; the host must do with its own. */
function hasRoom({ sharedLog, hostRing }: TrackerDescriptor, spec: VmSpec): boolean {
  const { rings, actors } = spec;
  const served = isServed(spec);
  const hosts = actors.filter(({ role }) => role === 'host');
  const again = recordedAgain(spec);
  const byHosts = hosts.reduce((sum, actor) => sum + pagesBy(actor), 0) + (hosts.length > 0 ? again : 0);
  const roomIn = ({ size, leeway }: VmSpec['rings'][number]): number => size - leeway;
  if (sharedLog) {
    // A host that is inside cannot wait for room until the machine is paused: what all may write after they have looked for room is leeway.
    const vcpus = actors.filter(({ role }) => role === 'vcpu');
    const atOnce =
      hosts.length + vcpus.reduce((sum, { operations }) => sum + Math.max(0, ...operations.map(pagesOf)), 0);
    if (hosts.length > 0 && rings.reduce((sum, { leeway }) => sum + leeway, 0) < atOnce - 1) return false;
    const room = rings.reduce((sum, ring) => sum + roomIn(ring), 0);
    return served || actors.reduce((sum, actor) => sum + pagesBy(actor), again) <= room;
  }
  if (hostRing && byHosts > roomIn(rings[rings.length - 1])) return false;
  return (
    served ||
    actors.every(
      (actor) =>
        actor.role !== 'vcpu' || pagesBy(actor) + again + rearmedByOthers(spec, actor) <= roomIn(rings[actor.vcpu!]),
    )
  );
}
