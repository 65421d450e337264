import { liveMigrate } from '../migrate.ts';
import { defineOperation } from '../operation.ts';

export const migrateOperation = defineOperation({
  name: 'migrate',
  about: 'live migration: copies passes of dirty pages while the machine runs, then pauses it and moves it',
  roles: ['userspace'],
  fields: (t) => ({
    few: t.wholeNumber(0, 65536).describe('a pass that reports at most so many pages is the last'),
    rounds: t.wholeNumber(0, 1000).describe('the most passes while the machine runs'),
  }),
  label: ({ rounds }) => `migrate, at most ${rounds} rounds`,
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
    ({ few, rounds }, { vm }) =>
    (mem) =>
      liveMigrate(mem, vm, few, rounds),
  *shrink(op) {
    if (op.rounds > 0) yield { ...op, rounds: op.rounds - 1 };
  },
  mutate: (op, draw) => ({ ...op, few: draw.upTo(2), rounds: draw.upTo(3) }),
});
