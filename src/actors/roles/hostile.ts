import { pokeOperation } from '../operations/poke.ts';
import type { Role } from '../role.ts';

export const hostileRole: Role = {
  name: 'hostile',
  about: 'hostile userspace: it writes to all memory that is mapped, at any time',
  hasVcpu: false,
  isRacy: true,
  draw: (draw, actor) => pokeOperation.draw!(draw, actor),
};
