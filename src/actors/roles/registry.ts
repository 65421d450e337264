import type { Role } from '../role.ts';
import type { RoleName } from '../vmView.ts';
import { hostRole } from './host.ts';
import { hostileRole } from './hostile.ts';
import { kernelRole } from './kernel.ts';
import { userspaceRole } from './userspace.ts';
import { vcpuRole } from './vcpu.ts';

/** All roles. Mutations draw from those that they can add in this order. */
export const roles: Readonly<Record<RoleName, Role>> = {
  kernel: kernelRole,
  vcpu: vcpuRole,
  host: hostRole,
  userspace: userspaceRole,
  hostile: hostileRole,
};
