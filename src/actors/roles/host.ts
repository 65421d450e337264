import { haltWhereOthersDo } from '../operations/halt.ts';
import { hostWriteOperation } from '../operations/hostWrite.ts';
import type { Role } from '../role.ts';
import { performsAny } from '../vmView.ts';

/** The ring of a host that a mutation adds. */
const HOST_RING = { size: 4, leeway: 1 };

export const hostRole: Role = {
  name: 'host',
  about: 'a thread of the host that runs no vCPU and writes guest memory, or sends signals',
  hasVcpu: false,
  isRacy: false,
  draw: (draw, actor) => hostWriteOperation.draw!(draw, actor),
  add(draw) {
    const { vm, tracker } = draw;
    const page = draw.page();
    if (page === undefined || performsAny(vm, 'host-write', 'push', 'poke')) return undefined;
    const operations = [{ do: 'host-write', pages: [page] }, ...haltWhereOthersDo(vm)];
    return {
      actor: { name: `host${vm.actors.length}`, role: 'host', operations },
      ...(tracker.hostRing && { rings: [...vm.rings, HOST_RING] }),
      ...(tracker.options.includes('backupBitmap') && { backupBitmap: true }),
    };
  },
};
