import { liveMigrate } from '../migrate.ts';
import { defineOperation } from '../operation.ts';

export const migrateOperation = defineOperation({
  name: 'migrate',
  about: 'live migration: copies passes of dirty pages while the machine runs, then pauses it and moves it',
  roles: ['userspace'],
  fields: (t) => ({
    few: t.wholeNumber(0, 65536).describe('a pass that reports at most so many pages is the last'),
    passes: t.wholeNumber(0, 1000).describe('how many there are at most while the machine runs'),
  }),
  label: ({ passes }) => `migrate, at most ${passes} passes`,
  effects: {
    harvests: 'keeps pages',
    copies: 'running',
    drains: 'running',
    records: 'no',
    pauses: true,
    serves: true,
    isLast: true,
  },
  build:
    ({ few, passes }, { vm }) =>
    (mem) =>
      liveMigrate(mem, vm, few, passes),
  *shrink(op) {
    if (op.passes > 0) yield { ...op, passes: op.passes - 1 };
  },
  mutate: (op, draw) => ({ ...op, few: draw.upTo(2), passes: draw.upTo(3) }),
});
