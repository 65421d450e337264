import type { Properties, StateView } from '../../../check/property.ts';
import { reportedGfns, reportsAllHarvested, reportsPages } from '../../../vm/properties/reportedPages.ts';
import type { TrackedVm } from '../../../vm/trackerDescriptor.ts';
import { type DirtyRing, dirtyGfnAt, F_DIRTY, F_RESET } from '../dirty_ring.ts';
import type { DirtyRings } from '../dirtyRing.ts';
import { DIRTY_RING_RULE, honestRings } from './dirtyRingState.ts';

/** F-3 at the end of an execution: otherwise each entry into the guest finds the ring full. */
export const notOvertaken = ({ tracker: { rings } }: TrackedVm<DirtyRings>): Properties['finally'] => ({
  [DIRTY_RING_RULE.F3_NOT_OVERTAKEN]: ({ read }: StateView) => {
    const over = rings.findIndex(({ dirty_index, reset_index }) => ((read(dirty_index) - read(reset_index)) | 0) < 0);
    return over < 0 || `it does in ring${over}`;
  },
});

/**
 * F-2, F-6 and F-10 at the end of an execution. They also hold where the order of steps is not
 * the order of their effects, and the monitor does not run.
 */
export function dirtyRingFinalRules({ spec, tracker, hasRoom }: TrackedVm<DirtyRings>): Properties['finally'] {
  const { rings } = tracker;
  const honest = honestRings(spec);
  const whole = hasRoom ? rings.filter((_, ring) => honest.has(ring)) : [];
  const told = whole.length === rings.length && reportsAllHarvested(spec) && reportsPages(spec);
  return {
    ...(whole.length > 0 && {
      [DIRTY_RING_RULE.F2_WINDOW]: (view: StateView) => firstOf(whole, (ring) => wrongEntry(ring, view)),
      [DIRTY_RING_RULE.F10_NOT_FULL]: ({ read }: StateView) =>
        firstOf(whole, ({ warned }) => (read(warned) > 0 ? `${warned.name} is set` : undefined)),
    }),
    ...(told && {
      [DIRTY_RING_RULE.F6_HARVEST]: (view: StateView) => {
        const taken = rings.reduce((sum, { fetch_index }) => sum + ((view.read(fetch_index) - spec.index) >>> 0), 0);
        const count = reportedGfns(spec, view).length;
        return count === taken || `${count} pages were reported, and ${taken} entries harvested`;
      },
    }),
  };
}

/** An entry that is not what the indices say. In order, entries are harvested, dirty, invalid. */
function wrongEntry(ring: DirtyRing, { read }: StateView): string | undefined {
  const [first, fetch, dirty] = [ring.reset_index, ring.fetch_index, ring.dirty_index].map(read);
  const used = (dirty - first) >>> 0;
  if (used > ring.size) return `${used} of ${ring.size} entries are in use`;
  for (let i = 0; i < ring.size; i++) {
    const { flags } = dirtyGfnAt(ring, first + i);
    const expected = i >= used ? 0 : i < (fetch - first) >>> 0 ? F_RESET : F_DIRTY;
    if (read(flags) !== expected) return `${flags.name} is ${read(flags)}, expected ${expected}`;
  }
  return undefined;
}

function firstOf(rings: readonly DirtyRing[], wrong: (ring: DirtyRing) => string | undefined): true | string {
  for (const ring of rings) {
    const seen = wrong(ring);
    if (seen !== undefined) return seen;
  }
  return true;
}
