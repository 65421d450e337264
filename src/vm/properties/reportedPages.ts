import type { Vm } from '../../actors/vm.ts';
import type { Properties, StateView } from '../../check/property.ts';
import type { Gfn } from '../../kvm/kvm.ts';
import { effectsOf, hostileRings, performs, performsWhere, type VmSpec } from '../spec.ts';
import { formatGfn, formatPage, gfnsRecordedBy } from './monitorHelpers.ts';
import { VM_RULE } from './vmRules.ts';

/*
 * What honest calls reported, compared with what was written, at the end of an execution. These
 * also hold where the order of steps is not the order of their effects, and no monitor runs. They
 * are checked where the results have all that was reported.
 */

const applies = (spec: VmSpec): boolean =>
  reportsAllHarvested(spec) && performs(spec, 'write', 'host-write') && hostileRings(spec).size === 0;

/** Every reported page was written. */
export function noUnwrittenPageReported(spec: VmSpec): Properties['finally'] {
  if (!applies(spec) || spec.manualProtect === 'initially set') return {};
  const written = new Set(spec.actors.flatMap(({ operations }) => operations.flatMap(gfnsRecordedBy)).map(formatGfn));
  return {
    'no page is reported that was never written': (view: StateView) => {
      const other = reportedGfns(spec, view)
        .map(formatGfn)
        .find((page) => !written.has(page));
      return other === undefined || `${other} was`;
    },
  };
}

/** Every reported page was written, and every written page is reported or still recorded. */
export function reportsMatchWrites(spec: VmSpec, vm: Vm): Properties['finally'] {
  if (!applies(spec)) return {};
  return {
    ...noUnwrittenPageReported(spec),
    [VM_RULE.NL5_REPORTED]: (view: StateView) => {
      const known = new Set([...reportedGfns(spec, view), ...vm.tracker.recorded(view)].map(formatGfn));
      const missing = vm.guest.pages.filter((page) => view.read(page.version) > 0 && !known.has(formatPage(page)));
      return missing.length === 0 || `${missing.map(formatPage).join(', ')} is neither`;
    },
  };
}

/** Whether the results contain all that was harvested. */
export const reportsAllHarvested = (spec: VmSpec): boolean =>
  !performsWhere(spec, ({ harvests }) => harvests === 'keeps pages');

/** Whether some results contain pages. */
export const reportsPages = (spec: VmSpec): boolean =>
  performsWhere(spec, ({ harvests }) => harvests === 'returns pages');

/** All pages that userspace's operations have reported. */
export function reportedGfns(spec: VmSpec, view: StateView): Gfn[] {
  return spec.actors.flatMap(({ operations }, thread) =>
    operations.flatMap((op, i) =>
      effectsOf(op).harvests === 'returns pages' ? (view.results[thread][i] as readonly Gfn[]) : [],
    ),
  );
}
