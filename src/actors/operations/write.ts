import { defineOperation, NO_EFFECTS } from '../operation.ts';
import { vcpuWrite } from '../vcpu.ts';
import { checkPages, findPages, formatPages, mutatePages, pagesField, shrinkPages } from './pages.ts';

export const writeOperation = defineOperation({
  name: 'write',
  about: 'enters the guest once, which writes pages',
  roles: ['vcpu'],
  fields: pagesField,
  label: (op) => `write ${formatPages(op)}`,
  effects: { ...NO_EFFECTS, records: 'guest writes' },
  build(op, { vm, vcpu }) {
    const pages = findPages(vm, op);
    return (mem) => vcpuWrite(mem, vm, vcpu, pages);
  },
  pages: ({ pages }) => pages,
  check: checkPages,
  shrink: shrinkPages,
  mutate: mutatePages,
  draw(draw) {
    const page = draw.page();
    return page && { do: 'write', pages: [page] };
  },
});
