import type { Vm } from '../../../actors/vm.ts';
import type { Properties } from '../../../check/property.ts';
import { WRITABLE } from '../../../guest/guest.ts';
import { formatGfn, formatPage } from '../../../vm/properties/monitorHelpers.ts';
import { noUnrecordedWritablePage } from '../../../vm/properties/unrecordedPages.ts';
import { hostileRings, performs, type VmSpec } from '../../../vm/spec.ts';

/**
 * R7 at the end of an execution. Each page is write-protected, or a ring has an entry of it that
 * was not reset, and never both. Checked where entries come from page faults of the guest alone:
 * other entries leave their page as it was.
 */
export function everyPageArmedOrRecorded(spec: VmSpec, vm: Vm): Properties['finally'] {
  if (!performs(spec, 'write') || performs(spec, 'push') || hostileRings(spec).size > 0) return {};
  if (performs(spec, 'host-write', 'set-slot') || spec.pml !== undefined) return noUnrecordedWritablePage(spec, vm);
  return {
    'R7 reset re-arms the pages of its entries, and no others': (view) => {
      const due = new Set(vm.tracker.recorded(view).map(formatGfn));
      const wrong = vm.guest.pages.filter((page) => (view.read(page.armed) !== WRITABLE) === due.has(formatPage(page)));
      if (wrong.length === 0) return true;
      return wrong
        .map((page) =>
          view.read(page.armed) !== WRITABLE
            ? `page ${formatPage(page)} is write-protected, and its entry was not reset`
            : `page ${formatPage(page)} is not write-protected, and no ring has an entry of it`,
        )
        .join('; ');
    },
  };
}
