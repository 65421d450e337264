import type { Vm } from '../../actors/vm.ts';
import type { Properties } from '../../check/property.ts';
import { type Page, WRITABLE } from '../../guest/guest.ts';
import type { Cell } from '../../memory/cell.ts';
import { hostileRings, performs, type VmSpec } from '../spec.ts';
import { formatGfn, formatPage } from './monitorHelpers.ts';
import { VM_RULE } from './vmRules.ts';

/**
 * NL1, at the end of an execution: a page that can be written unrecorded is recorded already.
 * Checked where entries come from writes alone, and userspace is not hostile.
 */
export function noUnrecordedWritablePage(spec: VmSpec, vm: Vm): Properties['finally'] {
  if (!performs(spec, 'write', 'host-write') || performs(spec, 'push') || hostileRings(spec).size > 0) return {};
  return {
    [VM_RULE.NL1_RECORDED]: (view) => {
      const recorded = new Set(vm.tracker.recorded(view).map(formatGfn));
      const open = vm.guest.pages.filter(
        (page) =>
          view.read(page.armed) === WRITABLE && !recorded.has(formatPage(page)) && isInSlot(vm, page, view.read),
      );
      return (
        open.length === 0 ||
        open
          .map(
            (page) => `page ${formatPage(page)} is writable, and nothing says that it is dirty: the next write is lost`,
          )
          .join('; ')
      );
    },
  };
}

/** Whether a page is within the current size of its slot. */
export function isInSlot(vm: Vm, { slot, offset }: Page, read: (cell: Cell) => number): boolean {
  const { size } = vm.kvm.memslots.find((memslot) => memslot.slot === slot)!;
  return size === undefined || offset < read(size);
}
