import { writeFromHost } from '../host.ts';
import { defineOperation, NO_EFFECTS } from '../operation.ts';
import { checkPages, findPages, formatPages, mutatePages, pagesField, shrinkPages } from './pages.ts';

export const hostWriteOperation = defineOperation({
  name: 'host-write',
  about: 'writes pages on a thread that runs no vCPU, as device models and the kernel do',
  roles: ['host'],
  fields: pagesField,
  label: (op) => `host-write ${formatPages(op)}`,
  effects: { ...NO_EFFECTS, records: 'host writes' },
  build(op, { vm }) {
    const pages = findPages(vm, op);
    return (mem) => {
      for (const page of pages) writeFromHost(mem, vm, page);
    };
  },
  pages: ({ pages }) => pages,
  check: checkPages,
  shrink: shrinkPages,
  mutate: mutatePages,
  draw(draw) {
    const page = draw.page();
    return page && { do: 'host-write', pages: [page] };
  },
});
