import type { Vm } from '../../actors/vm.ts';
import type { Properties, StateView } from '../../check/property.ts';
import type { Gfn } from '../../kvm/kvm.ts';
import { hostileRings, type OperationSpec, PAUSES, performs, type VmSpec } from '../spec.ts';
import { formatCall, pushesOf, text } from './monitorHelpers.ts';

/**
 * What honest calls have reported, held against what was written when all have ended. These hold as well where the order of steps is not that of
 * their effects, and no monitor watches. Asked where the results say all that was reported.
 */
export function reportsMatchWrites(spec: VmSpec, vm: Vm): Properties['finally'] {
  if (!reportsAllHarvested(spec) || !performs(spec, 'write', 'host-write') || hostileRings(spec).size > 0) return {};
  const written = new Set(spec.actors.flatMap(({ operations }) => operations.flatMap(pushesOf)).map(text));
  return {
    ...(spec.manualProtect !== 'initially set' && {
      'no page is reported that nobody wrote': (look: StateView) => {
        const other = reported(spec, look)
          .map(text)
          .find((page) => !written.has(page));
        return other === undefined || `${other} was`;
      },
    }),
    // The reset of a list drops what was not fetched, which shows in the pages that are lost.
    ...(vm.tracker.kind !== 'gfn-list' && {
      'NL5 every page that was written is reported, or still recorded': (look: StateView) => {
        const known = new Set([...reported(spec, look), ...vm.tracker.recorded(look)].map(text));
        const missing = vm.guest.pages.filter((page) => look.read(page.version) > 0 && !known.has(formatCall(page)));
        return missing.length === 0 || `${missing.map(formatCall).join(', ')} is neither`;
      },
    }),
  };
}

export const REPORTS: readonly OperationSpec['do'][] = ['collect', 'copy-first', 'harvest'];

/** Whether results say all that was harvested: other rounds of userspace do not. */
export const reportsAllHarvested = (spec: VmSpec): boolean => !performs(spec, 'serve', 'set-slot', ...PAUSES);

/** What all rounds of userspace have reported. */
export function reported(spec: VmSpec, look: StateView): Gfn[] {
  return spec.actors.flatMap(({ operations }, thread) =>
    operations.flatMap((op, i) => (REPORTS.includes(op.do) ? (look.results[thread][i] as readonly Gfn[]) : [])),
  );
}
