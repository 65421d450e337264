import { scenario } from '#dist/scenario/define.js';
import { searched } from '../explored.ts';
import { equal } from '../selfCheck.ts';

/** A plain 64-bit store is seen in half where it may tear, and nowhere else. */
export function tearing(): void {
  const of = scenario({
    name: 'tearing',
    cells: { q: 'u64' },
    actors: { a: [(mem, { q }) => mem.write64(q, 0x1_0000_0001n)], b: [(mem, { q }) => mem.load64(q)] },
    finally: {
      'it is seen whole': ({ results: { b } }) => b[0] === 0n || b[0] === 0x1_0000_0001n,
      'not its lower half': ({ results: { b } }) => b[0] !== 0x1n,
    },
  });
  for (const reduction of ['none', 'optimal', 'states'] as const) {
    equal(`torn, by ${reduction}`, searched(of, { tearing: true, reduction }).violation?.property, 'it is seen whole');
    equal(`not torn, by ${reduction}`, searched(of, { reduction }).violation, undefined);
  }
}
