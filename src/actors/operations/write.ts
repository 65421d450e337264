import { defineOperation, NO_EFFECTS } from '../operation.ts';
import { vcpuWrite } from '../vcpu.ts';
import { findPages, writesPages } from './pages.ts';

export const writeOperation = defineOperation({
  ...writesPages('write'),
  about: 'enters the guest once, which writes pages',
  roles: ['vcpu'],
  effects: { ...NO_EFFECTS, records: 'guest writes' },
  build(op, { vm, vcpu }) {
    const pages = findPages(vm, op);
    return (mem) => vcpuWrite(mem, vm, vcpu, pages);
  },
});
