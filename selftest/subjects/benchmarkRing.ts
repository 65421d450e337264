import type { Edit } from '../patch/patch.ts';
import type { SeededBug } from '../patch/seededBug.ts';

const edit = (from: string, to: string, ...scope: string[]): Edit => ({
  file: 'scenario/benchmarkRing',
  from,
  to,
  scope,
});

/** `ring-s` with 5 pushes, so that an entry is reused; 2 harvests; 1 reset. It is right. */
export const benchmarkRingScaffold: readonly Edit[] = [edit("'ring-s': [2, 2, 1]", "'ring-s': [5, 2, 1]")];

const READS = ['userspace reads what was pushed', 'the kernel reads what was pushed'];
const OWN = ['no more entries than the ring has', 'reset <= harvested <= pushed'];

/** Only the readers of an entry are checked. */
const withoutOwnProperties = [
  edit('u16(read(cells.kprod) - read(cells.kreset)) <= SIZE', 'true'),
  edit('read(kreset) <= read(cons) && read(cons) <= read(prod) && read(prod) === read(kprod)', 'true'),
];

/** An honest cons passes the range check of the reset. */
const withoutRangeCheck = edit('if (u16(end - index) <= u16(mem.load(kprod) - index)) {', 'if (true) {');

/**
 * Bugs of `ring-s` of different depths, on which schedulers are compared. None of them shows in
 * every execution.
 */
export const benchmarkRingBugs: readonly SeededBug[] = [
  {
    name: 'full-decided-on-cons',
    expectedBy: READS,
    edits: [
      edit(
        'function push(mem, { prod, kprod, kreset, slot, off })',
        'function push(mem, { prod, cons, kprod, kreset, slot, off })',
      ),
      edit('mem.loadAcquire(kreset)', 'mem.load(cons)', 'function push(mem, { prod, cons, kprod, kreset'),
      // The ring's own property would fail before an entry is lost.
      ...withoutOwnProperties,
    ],
  },
  {
    name: 'cons-one-ahead-accepted',
    expectedBy: READS,
    edits: [
      edit(
        'userspace: Array.from({ length: harvests }, () => consumeAll)',
        `userspace: Array.from({ length: harvests }, (_, i) => i + 1 < harvests ? consumeAll : (mem, ring, before) => {
          const index = consumeAll(mem, ring, before);
          mem.store(ring.cons, index + 1);
          return index;
        })`,
      ),
      withoutRangeCheck,
      // Userspace sets cons out of range. The bug is that the kernel accepts it.
      ...withoutOwnProperties,
    ],
  },
  {
    name: 'prod-before-the-entry',
    expectedBy: [...READS, ...OWN],
    edits: [
      edit('mem.store(slot[index % SIZE], 100 + index); mem.store(off[index % SIZE], 200 + index);', ''),
      edit(
        'mem.storeRelease(prod, index + 1);',
        `mem.store(prod, index + 1);
        mem.store(slot[index % SIZE], 100 + index);
        mem.store(off[index % SIZE], 200 + index);`,
        'function push(mem, { prod, kprod, kreset, slot, off }',
      ),
    ],
  },
  {
    name: 'entry-0-wipes-its-pad',
    expectedBy: [...READS, ...OWN],
    edits: [
      edit(
        'function push(mem, { prod, kprod, kreset, slot, off })',
        'function push(mem, { pad, prod, kprod, kreset, slot, off })',
      ),
      edit('mem.store(kprod, index + 1);', 'if (index % SIZE === 0) mem.store(pad, 0); mem.store(kprod, index + 1);'),
    ],
  },
  {
    name: 'kreset-before-the-entry',
    expectedBy: READS,
    edits: [
      edit(
        "consumeOne(mem, slot, off, index, 'the kernel');",
        `const s = mem.load(slot[index % SIZE]);
        mem.store(kreset, index + 1);
        const o = mem.load(off[index % SIZE]);
        check(s === 100 + index && o === 200 + index, 'the kernel reads what was pushed', \`entry \${index} reads \${s}, \${o}\`);`,
        'function reset(mem, { cons, kprod, kreset',
      ),
      withoutRangeCheck,
    ],
  },
];
