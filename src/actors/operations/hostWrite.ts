import { writeFromHost } from '../host.ts';
import { defineOperation, NO_EFFECTS } from '../operation.ts';
import { findPages, writesPages } from './pages.ts';

export const hostWriteOperation = defineOperation({
  ...writesPages('host-write'),
  about: 'writes pages on a thread that runs no vCPU, as device models and the kernel do',
  roles: ['host'],
  effects: { ...NO_EFFECTS, records: 'host writes' },
  build(op, { vm }) {
    const pages = findPages(vm, op);
    return (mem) => {
      for (const page of pages) writeFromHost(mem, vm, page);
    };
  },
});
