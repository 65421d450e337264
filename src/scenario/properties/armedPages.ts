import type { Vm } from '../../actors/vm.ts';
import type { Look, Properties } from '../../check/property.ts';
import { u16 } from '../../memory/cell.ts';
import { entryAt } from '../../ring/kvm_gfnring.ts';
import { hostileRings, type VmSpec } from '../spec.ts';

/**
 * What resets re-armed, by what is left when all have ended: a page is write-protected, or some ring has an entry of it that was not
 * reset, and never both. Asked where entries come from guest writes alone: a push with no guest behind it leaves its page as it was.
 */
export function armedPages(spec: VmSpec, vm: Vm): Properties['finally'] {
  const all = spec.actors.flatMap(({ operations }) => operations.map((op) => op.do));
  if (!all.includes('write') || all.includes('push') || hostileRings(spec).size > 0) return {};
  return {
    'R7 reset re-arms the pages of its entries, and no others': (look) => {
      const due = entriesLeft(vm, look);
      const wrong = vm.guest.pages.filter(
        ({ slot, offset, armed }) => (look.read(armed) === 1) === due.has(`${slot}:${offset}`),
      );
      if (wrong.length === 0) return true;
      return wrong
        .map(({ slot, offset, armed }) =>
          look.read(armed) === 1
            ? `page ${slot}:${offset} is write-protected, and its entry was not reset`
            : `page ${slot}:${offset} is not write-protected, and no ring has an entry of it`,
        )
        .join('; ');
    },
  };
}

/** The pages of all entries that were pushed and not reset. */
function entriesLeft(vm: Vm, look: Look): ReadonlySet<string> {
  const left = new Set<string>();
  for (const ring of vm.kvm.rings) {
    const prod = look.read(ring.prod_index);
    for (let index = look.read(ring.cons_index); index !== prod; index = u16(index + 1)) {
      const { slot, offset } = entryAt(ring, index);
      left.add(`${look.read(slot)}:${look.read64(offset)}`);
    }
  }
  return left;
}
