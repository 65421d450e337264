import { roles } from '../actors/roles/registry.ts';
import { trackerForVm } from '../trackers/registry.ts';
import { type ActorSpec, assumptionsHold, effectsOf, type OperationSpec, pagesOf, type VmSpec } from '../vm/spec.ts';
import type { TrackerDescriptor } from '../vm/trackerDescriptor.ts';

/**
 * Whether a generated VM satisfies the assumptions of its tracker and its operations, so that every
 * violation is a bug. A thread makes room where another waits for it, operations with one caller
 * have one, and no known defect is in it. Scenarios that are written by hand are not asked.
 */
export function satisfiesAssumptions(spec: VmSpec): boolean {
  const tracker = trackerForVm(spec);
  const { actors } = spec;
  if (actors.filter(({ role }) => role === 'userspace').length > 1) return false;
  if (!actors.every(hasOrder) || !assumptionsHold(spec)) return false;
  return (
    tracker.isRightFor(spec) && hasLeeway(tracker, spec) && (tracker.whenFull === 'never' || hasRoom(tracker, spec))
  );
}

/**
 * Whether nothing follows a last operation. Entries and writes do not mix: an actor that pushes has
 * no guest.
 */
function hasOrder({ operations }: ActorSpec): boolean {
  if (operations.slice(0, -1).some((op) => effectsOf(op).isLast)) return false;
  const records = operations.map((op) => effectsOf(op).records);
  return !(records.includes('entries') && records.includes('guest writes'));
}

/** Whether userspace makes room for the vCPUs until the last has halted. */
const isServed = ({ actors }: VmSpec): boolean => {
  const lasts = actors.map(({ operations }) => operations.at(-1));
  return (
    lasts.some((last) => last !== undefined && effectsOf(last).serves) &&
    actors.every(({ role }, a) => !roles[role].hasVcpu || lasts[a]?.do === 'halt')
  );
};

/** How many pages an operation writes. An entry that is pushed has no write behind it. */
const countWrites = (op: OperationSpec): number => (effectsOf(op).records === 'entries' ? 0 : pagesOf(op).length);
const countWritesOf = ({ operations }: ActorSpec): number => operations.reduce((sum, op) => sum + countWrites(op), 0);

/**
 * How many pages may be recorded once more because a slot has changed. A write may have two of them
 * under way, and the change re-arms them.
 */
const countRecordedAgain = ({ actors }: VmSpec): number =>
  2 * actors.reduce((n, { operations }) => n + operations.filter((op) => op.do === 'set-slot').length, 0);

/**
 * How often a page that this actor writes may be armed again while the actor's own entry is still
 * in the ring. That is as often as another one records the page although it is not armed, and a
 * reset takes that entry.
 */
function countRearmedByOthers({ actors, pml }: VmSpec, actor: ActorSpec): number {
  const own = new Set(actor.operations.flatMap(namesOf));
  const others = actors.filter((other) => other !== actor).flatMap(({ operations }) => operations);
  return others
    .filter((op) => pml !== undefined || recordsUnarmed(op))
    .flatMap(namesOf)
    .filter((name) => own.has(name)).length;
}

const recordsUnarmed = (op: OperationSpec): boolean => ['entries', 'host writes'].includes(effectsOf(op).records);
const namesOf = (op: OperationSpec): string[] => pagesOf(op).map((page) => page.join(':'));

/**
 * Whether the leeway is as large as what a vCPU may record where it cannot stop. A tracker that
 * overwrites loses entries otherwise. What the hardware has logged must go to the ring before
 * userspace may take the vCPU for stopped. Elsewhere a vCPU that finds no room stops, and R10 is
 * checked only where it must not: see `leewaySuffices`.
 */
function hasLeeway({ whenFull }: TrackerDescriptor, spec: VmSpec): boolean {
  const { rings, actors, pml } = spec;
  const again = countRecordedAgain(spec);
  return actors.every((actor) => {
    const { role, vcpu, operations } = actor;
    if (!roles[role].hasVcpu || whenFull === 'never') return true;
    const { leeway, size } = rings[vcpu!];
    const most = Math.max(1, ...operations.map(countWrites));
    const more = again + countRearmedByOthers(spec, actor);
    if (whenFull === 'overwrite') return leeway >= (pml ?? most) + more && size > leeway;
    return pml === undefined || leeway >= pml - 1 + more;
  });
}

/**
 * Whether all writes fit, or a thread makes room until all have halted. No thread makes room for
 * the host.
 */
function hasRoom({ sharedLog, hostRing }: TrackerDescriptor, spec: VmSpec): boolean {
  const { rings, actors } = spec;
  const served = isServed(spec);
  const hosts = actors.filter(({ role }) => role === 'host');
  const again = countRecordedAgain(spec);
  const byHosts = hosts.reduce((sum, actor) => sum + countWritesOf(actor), 0) + (hosts.length > 0 ? again : 0);
  const roomIn = ({ size, leeway }: VmSpec['rings'][number]): number => size - leeway;
  if (sharedLog) {
    // A host inside the gate cannot wait for room, because room comes only while the machine is
    // paused. So the leeway must hold what all may write after they have looked for room.
    const vcpus = actors.filter(({ role }) => roles[role].hasVcpu);
    const atOnce =
      hosts.length + vcpus.reduce((sum, { operations }) => sum + Math.max(0, ...operations.map(countWrites)), 0);
    if (hosts.length > 0 && rings.reduce((sum, { leeway }) => sum + leeway, 0) < atOnce - 1) return false;
    const room = rings.reduce((sum, ring) => sum + roomIn(ring), 0);
    return served || actors.reduce((sum, actor) => sum + countWritesOf(actor), again) <= room;
  }
  if (hostRing && byHosts > roomIn(rings[rings.length - 1])) return false;
  return (
    served ||
    actors.every(
      (actor) =>
        !roles[actor.role].hasVcpu ||
        countWritesOf(actor) + again + countRearmedByOthers(spec, actor) <= roomIn(rings[actor.vcpu!]),
    )
  );
}
