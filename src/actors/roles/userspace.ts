import { checkpointOperation } from '../operations/checkpoint.ts';
import { collectOperation } from '../operations/collect.ts';
import { harvestOperation } from '../operations/harvest.ts';
import { setSlotOperation } from '../operations/setSlot.ts';
import type { Role } from '../role.ts';
import { performsAny } from '../vmView.ts';

export const userspaceRole: Role = {
  name: 'userspace',
  about: 'honest userspace: it harvests, resets, copies, and pauses the machine',
  hasVcpu: false,
  isRacy: false,
  // Where pages are harvested without being copied, `harvest` is all that userspace does.
  draw: (draw, actor) =>
    performsAny(draw.vm, 'harvest')
      ? harvestOperation.draw!(draw, actor)
      : draw.one([checkpointOperation, collectOperation, setSlotOperation]).draw!(draw, actor),
};
