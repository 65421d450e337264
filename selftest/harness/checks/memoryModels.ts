import type { MemoryModelName } from '#dist/explore/memoryModels/registry.js';
import { explored } from '../explored.ts';
import { equal } from '../selfCheck.ts';

/**
 * What programs of the literature come to: what was read, in the order of the text, and after a slash what is left in the cells that are named. `tso` and `weak`
 * say what they add to the one before. x86-TSO: Sewell et al., CACM 2010; SB, MP, LB, IRIW, 2+2W, S, R, WRC, ISA2, CoRR and their variants: Alglave, Maranget,
 * Tautschnig, "Herding Cats", TOPLAS 2014; what RC11 makes of them: Lahav et al., PLDI 2017, but for load buffering with fences (see docs/memory-models.md).
 */
const KNOWN: readonly { text: string; finals?: string; sc: string; tso?: string; weak?: string }[] = [
  { text: 'x=1; y | y=1; x', sc: '01 10 11', tso: '00' },
  { text: 'x=1; mb; y | y=1; mb; x', sc: '01 10 11' },
  { text: 'x=1; mb; y | y=1; x', sc: '01 10 11', tso: '00' },
  { text: 'rel x=1; acq y | rel y=1; acq x', sc: '01 10 11', tso: '00' },
  { text: 'xchg x 1; y | xchg y 1; x', sc: '0001 0100 0101' },
  { text: 'x=1; add a 1; y | y=1; add b 1; x', sc: '0001 0100 0101' },
  { text: 'x=1; x; y | y=1; y; x', sc: '1011 1110 1111', tso: '1010' },
  { text: 'x=1; x; y | y=1; x=2', finals: 'x', sc: '10/2 11/1 11/2 21/2', tso: '10/1', weak: '20/2' },
  { text: 'x=1; y=1 | y; x', sc: '00 01 11', weak: '10' },
  { text: 'x=1; wmb; y=1 | y; rmb; x', sc: '00 01 11' },
  { text: 'x=1; wmb; y=1 | y; x', sc: '00 01 11', weak: '10' },
  { text: 'x=1; y=1 | y; rmb; x', sc: '00 01 11', weak: '10' },
  { text: 'x=1; rel y=1 | acq y; x', sc: '00 01 11' },
  { text: 'x=1; rel y=1 | y; x', sc: '00 01 11', weak: '10' },
  { text: 'x=1; add y 1 | acq y; x', sc: '000 001 011' },
  { text: 'x; y=1 | y; x=1', sc: '00 01 10' },
  { text: 'x=1; y=2 | y=1; x=2', finals: 'xy', sc: '/12 /21 /22', weak: '/11' },
  { text: 'x=1; mb; y=2 | y=1; mb; x=2', finals: 'xy', sc: '/12 /21 /22' },
  { text: 'x=2; wmb; y=1 | acq y; x=1', finals: 'x', sc: '0/1 0/2 1/1' },
  { text: 'x=2; wmb; y=1 | y; x=1', finals: 'x', sc: '0/1 0/2 1/1', weak: '1/2' },
  { text: 'x=1; wmb; y=1 | y=2; mb; x', finals: 'y', sc: '0/1 1/1 1/2', weak: '0/2' },
  { text: 'x=1; x=2 | x; x', sc: '00 01 02 11 12 22' },
  { text: 'x; x=1 | x=2', finals: 'x', sc: '0/1 0/2 2/1' },
  { text: 'add x 1 | add x 1', finals: 'x', sc: '01/2 10/2' },
  { text: 'add x 1 | x=4', finals: 'x', sc: '0/4 4/5' },
  { text: 'cas x 0 1 | cas x 0 2', finals: 'x', sc: '01/1 20/2' },
  { text: 'x=1; lock m; y=1; unlock m | lock m; y; unlock m; x', sc: '00 01 11' },
  { text: 'x=1; lock m; unlock m; y | y=1; lock m1; unlock m1; x', sc: '01 10 11', weak: '00' },
  { text: 'lock s; x=1; unlock s; y | y=1; mb; x', sc: '01 10 11', tso: '00' },
  { text: 'lock m; x; x=1; unlock m | lock m; x; x=2; unlock m', finals: 'x', sc: '01/2 20/1' },
  { text: 'x=1 | acq x; y=1 | acq y; x', sc: all(3, '110'), weak: '110' },
  { text: 'x=1 | x; rel y=1 | acq y; x', sc: all(3, '110') },
  { text: 'x=1; rel y=1 | acq y; rel z=1 | acq z; x', sc: all(3, '110') },
  {
    text: 'x=1; y=1 | add y 4 | acq y; x',
    finals: 'y',
    sc: '000/1 001/1 011/1 040/1 041/1 100/5 101/5 111/5 151/5',
    weak: '010/1 110/5 150/5',
  },
  { text: 'x=1 | x; y | y; x | y=1', sc: all(4, '1010'), weak: '1010' },
  { text: 'x=1 | x; mb; y | y; mb; x | y=1', sc: all(4, '1010') },
];

/** Programs that only states can get wrong: what is held back, and who knows what, tells two of them apart. */
const HIDDEN: readonly (readonly [MemoryModelName, string, string])[] = [
  ['tso', 'quiet; y; x=$ | y=1', 'x'],
  ['weak', 'quiet; y; x=$; x=2; z=1 | y=1 | z; ?1; x', ''],
  // What has been read is forgotten with the next operation, but for what it makes known.
  [
    'weak',
    'v=1 | x=1; rel y=1 | quiet; y; assume 1 > quiet; v; ?1; acq y > quiet; v; assume 1 > x; q=1 | until q 1',
    '',
  ],
  ['weak', 'x=1; rel y=1; z=1 | quiet; y > quiet; y; assume 2 > z; ?1; rmb; x | y; assume 1; y=2 > q', ''],
  ['weak', 'v=1 | x=1; rel y=1 | quiet; y; assume 1 > quiet; v; ?1; rmb > quiet; v; assume 1 > x', ''],
  ['weak', 'y=1 | x=1 > quiet; y; ?1; wmb > quiet; y; assume 1; z=1 | z; ?1; rmb; x', ''],
];

/** Four threads: who reads L again, and acquires it, has x by then or has not. What tells the two apart is only what the last store to L carries. */
const AGAIN = 'L=1; rel d=1 | x=1; rel w=458753 | w; ?458753; acq d; ?1; rel z=1 | acq z; ?1; acq L; x';

/** Programs with wait queues, and with accesses to several locations at once: interleavings that are put together where they are one graph. */
const MERGED: readonly string[] = [
  'wait x 0; y | y=1; x=1; wake x',
  'w=65537 | L; H',
  'L=1; y=1 | y; w | H=1',
  'xchg w 65537; y | y=1; L',
  'w=65537 | L=2 | w',
];

const allowed = (model: MemoryModelName, { sc, tso = '', weak = '' }: (typeof KNOWN)[number]): string =>
  [sc, ...(model === 'sc' ? [] : [tso]), ...(model === 'weak' ? [weak] : [])]
    .flatMap((of) => of.split(' '))
    .filter(Boolean)
    .sort()
    .join(' ');

/** All outcomes, and no other, by states and by interleavings. */
function outcomes(memoryModel: MemoryModelName): void {
  for (const row of KNOWN) {
    for (const reduction of ['states', ...(row.text.length < 20 ? (['none'] as const) : [])] as const) {
      const { outcomes: seen } = explored(row.text, { memoryModel, reduction }, row.finals);
      equal(`${memoryModel}, outcomes of ${row.text}, by ${reduction}`, seen, allowed(memoryModel, row));
    }
  }
  for (const [model, text, finals] of HIDDEN) {
    if (model !== memoryModel) continue;
    const [one, other] = (['states', 'optimal'] as const).map((reduction) =>
      explored(text, { memoryModel, reduction }, finals),
    );
    equal(`${model}, outcomes of ${text}, by states`, one.outcomes, other.outcomes);
  }
}

/** All outcomes, and one execution of each class. */
function graphs(memoryModel: 'tso' | 'weak'): void {
  for (const row of KNOWN) {
    const {
      outcomes: seen,
      executions,
      classes,
      limit,
    } = explored(row.text, { memoryModel, reduction: 'optimal' }, row.finals);
    equal(`${memoryModel}, outcomes of ${row.text}, by optimal`, [seen, limit], [allowed(memoryModel, row), undefined]);
    equal(`${memoryModel}, executions of ${row.text}`, executions, classes);
  }
  for (const text of MERGED) {
    const [one, other] = (['optimal', 'none'] as const).map((reduction) =>
      explored(text, { memoryModel, reduction }, 'xw'),
    );
    equal(`${memoryModel}, outcomes of ${text}, by optimal`, one.outcomes, other.outcomes);
    equal(`${memoryModel}, classes of ${text}`, one.classes, other.classes);
  }
}

export const sc = (): void => outcomes('sc');
export const tso = (): void => outcomes('tso');
export function weak(): void {
  outcomes('weak');
  const { outcomes: seen } = explored(AGAIN, { memoryModel: 'weak' });
  equal(`weak, ${AGAIN} misses x`, seen.split(' ').includes('4587531110'), true);
}

export const graphsOfTso = (): void => graphs('tso');

export function graphsOfWeak(): void {
  graphs('weak');
  // As GenMC publishes them for RC11.
  for (const [text, count] of [
    ['x=1; y | y=1; x', 4],
    ['x=1; y=2 | y=1; x=2', 4],
    ['x=1; y=1 | y; x', 4],
    ['x=1; rel y=1 | acq y; x', 3],
    ['x=1 | x; y | y; x | y=1', 16],
    ['x=1 | x; x | x=2 | x', 36],
  ] as const)
    equal(`weak, classes of ${text}`, explored(text, { memoryModel: 'weak', reduction: 'optimal' }).executions, count);
}

/** All words of so many digits 0 and 1, but that one. */
function all(digits: number, but: string): string {
  const words = Array.from({ length: 2 ** digits }, (_, i) => i.toString(2).padStart(digits, '0'));
  return words.filter((word) => word !== but).join(' ');
}
