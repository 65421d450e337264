import { haltWhereOthersDo } from '../operations/halt.ts';
import { pushOperation } from '../operations/push.ts';
import { writeOperation } from '../operations/write.ts';
import type { Role } from '../role.ts';
import { performsAny } from '../vmView.ts';

export const vcpuRole: Role = {
  name: 'vcpu',
  about: 'a virtual CPU: its guest writes pages',
  hasVcpu: true,
  isRacy: false,
  // An actor that pushes has no guest: see `satisfiesAssumptions`.
  draw: (draw, actor) =>
    actor.operations.some((op) => op.do === 'push')
      ? pushOperation.draw!(draw, actor)
      : writeOperation.draw!(draw, actor),
  add(draw) {
    const { vm } = draw;
    const page = draw.page();
    const model = vm.actors.find(
      ({ role, operations }) => role === 'vcpu' && operations.some((op) => op.do === 'write'),
    );
    // The last ring is the host's where it writes.
    if (page === undefined || model === undefined || performsAny(vm, 'host-write')) return undefined;
    const vcpu = vm.rings.length;
    const operations = [{ do: 'write', pages: [page] }, ...haltWhereOthersDo(vm)];
    return {
      actor: { name: `vcpu${vcpu}`, role: 'vcpu', vcpu, operations },
      rings: [...vm.rings, vm.rings[model.vcpu!]],
    };
  },
};
