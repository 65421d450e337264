import { resetOperation } from '../operations/reset.ts';
import { resetRingOperation } from '../operations/resetRing.ts';
import type { Role } from '../role.ts';

export const kernelRole: Role = {
  name: 'kernel',
  about: 'a thread in the kernel that re-arms what userspace has harvested',
  hasVcpu: false,
  isRacy: false,
  draw(draw, actor) {
    const reset = resetOperation.draw!(draw, actor);
    if (!draw.tracker.operations.includes('reset-ring')) return reset;
    return draw.one([reset, reset, resetRingOperation.draw!(draw, actor)]);
  },
  add: ({ vm }) => ({ actor: { name: `kernel${vm.actors.length}`, role: 'kernel', operations: [{ do: 'reset' }] } }),
};
