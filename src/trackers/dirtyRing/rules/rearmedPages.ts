import { isViolation, type Monitor, type ThreadMonitor } from '../../../check/property.ts';
import { ARMED } from '../../../guest/guest.ts';
import { isWrite } from '../../../memory/kinds.ts';
import { rolesByPlace } from '../../../vm/properties/monitor.ts';
import { formatGfn, violationOfRule } from '../../../vm/properties/monitorHelpers.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import type { DirtyRings } from '../dirtyRing.ts';
import { DIRTY_RING_RULE } from './dirtyRingState.ts';

/**
 * What a thread read of entries since its operation began, as `ring.entry.word=value`. Each entry
 * counts with all values that were read of it.
 */
type Read = readonly string[];

const NONE: Read = [];

type Role =
  | { readonly is: 'slot' | 'offset'; readonly entry: string }
  | { readonly is: 'armed'; readonly slot: number; readonly offset: number };

/**
 * G6: a reset write-protects only pages that entries name, by the slot and the offset that it read
 * of them. Of an offset, the lower 32 bits count.
 */
export function rearmedPages({ spec, vm, tracker, layout }: TrackedVm<DirtyRings>): ThreadMonitor<Read> {
  const roles = rolesOf({ vm, tracker, layout });
  return {
    name: 're-armed pages',
    init: () => NONE,
    step(read, { thread, kind, place, value }) {
      const role = roles[place.id];
      if (role === undefined) return read;
      if (role.is !== 'armed') {
        const word = `${role.entry}.${role.is}=${value}`;
        return isWrite(kind) || read.includes(word) ? read : [...read, word];
      }
      // Another operation re-arms pages without a ring.
      if (!isWrite(kind) || value !== ARMED || read.length === 0 || names(read, role.slot, role.offset)) return read;
      const page = formatGfn({ slot: role.slot, offset: BigInt(role.offset) });
      return violationOfRule(
        DIRTY_RING_RULE.G6_OWN_PAGES,
        `${spec.actors[thread].name} re-arms ${page}, which no entry names that it read`,
      );
    },
    returned: () => NONE,
    key: String,
  };
}

/** Whether an entry was read with this slot and this offset. */
const names = (read: Read, slot: number, offset: number): boolean =>
  read.some((word) => {
    const [entry, is] = word.split('.slot=');
    return is === String(slot) && read.includes(`${entry}.offset=${offset}`);
  });

/** The same for all threads, where the order of steps is that of their effects. */
export function allRearmedPages(machine: TrackedVm<DirtyRings>): Monitor<readonly Read[]> {
  const roles = rolesOf(machine);
  const own = rearmedPages(machine);
  // One object while no thread is in a reset, so that its key costs nothing.
  const idle: readonly Read[] = machine.spec.actors.map(() => NONE);
  return {
    name: own.name,
    sees: ({ id }) => roles[id] !== undefined,
    init: () => idle,
    step(all, event) {
      const read = own.step(all[event.thread], event, () => false);
      if (isViolation(read)) return read;
      return read === all[event.thread] ? all : all.with(event.thread, read);
    },
    returned(all, thread) {
      if (all[thread] === NONE) return all;
      const rest = all.with(thread, NONE);
      return rest.every((read) => read === NONE) ? idle : rest;
    },
    key: (all) => (all === idle ? '' : all.join(';')),
  };
}

const rolesOf = ({
  vm,
  tracker,
  layout,
}: Pick<TrackedVm<DirtyRings>, 'vm' | 'tracker' | 'layout'>): readonly (Role | undefined)[] =>
  rolesByPlace<Role>(layout, [
    ...tracker.rings.flatMap(({ dirty_gfns }, ring) =>
      dirty_gfns.flatMap(({ slot, offset }, entry) => [
        [slot, { is: 'slot', entry: `${ring}.${entry}` }] as const,
        [offset, { is: 'offset', entry: `${ring}.${entry}` }] as const,
      ]),
    ),
    ...[...vm.guest.slots].flatMap(([slot, pages]) =>
      pages.map(({ armed }, offset) => [armed, { is: 'armed', slot, offset }] as const),
    ),
  ]);
