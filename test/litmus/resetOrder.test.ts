import { expect, test } from 'vitest';
import { compareVerdict } from '../../src/litmus/report.ts';
import { litmus } from './readerTexts.ts';

/**
 * A reset of the merged ring, up to its index, and a push over the entry that was reset. The push
 * follows the check for room. herd7 7.58 gives the same answers with the model of Linux 6.12.
 */
function resetAndPush(clear: string, between: string, index: string): readonly string[] {
  const reset = `r0 = smp_load_acquire(flags); r1 = READ_ONCE(*slot); ${clear} ${between} ${index}`;
  const push = 'if (r2 == 1) { WRITE_ONCE(*slot, 2); smp_wmb(); WRITE_ONCE(*flags, 1); }';
  const threads = [
    `flags, slot, index, flags1, slot1, l: ${reset}`,
    `flags, slot, index: r2 = READ_ONCE(*index); ${push}`,
  ];
  const bad = ['0:r1=2', '1:r2=1 /\\ flags=0'];
  return bad.map((condition) => {
    const text = litmus(threads, `exists (${condition})`, { initial: 'flags=2; slot=1; flags1=2; slot1=1;' });
    const { verdict, reasons } = compareVerdict(text, 'lkmm', 30);
    return verdict ?? reasons.join('; ');
  });
}

const RELEASE = 'smp_store_release(flags, 0);';
const ONCE = 'WRITE_ONCE(*flags, 0);';
const INDEX = 'WRITE_ONCE(*index, 1);';
const REARMS = 'spin_lock(l); spin_unlock(l);';
const NEXT = 'r3 = smp_load_acquire(flags1); r4 = READ_ONCE(*slot1); smp_store_release(flags1, 0);';

test.each([
  ['as in Linux', RELEASE, '', INDEX, 'Sometimes'],
  ['as in Linux, with one more entry between', RELEASE, NEXT, INDEX, 'Sometimes'],
  ['without the release of flags', ONCE, '', INDEX, 'Sometimes'],
  ['with a release of the index', RELEASE, '', 'smp_store_release(index, 1);', 'Never'],
  ['with a release of the index alone', ONCE, '', 'smp_store_release(index, 1);', 'Never'],
  ['one call between that re-arms', RELEASE, REARMS, INDEX, 'Sometimes'],
  ['two calls between that re-arm', ONCE, `${REARMS} ${REARMS}`, INDEX, 'Never'],
  ['a barrier between', RELEASE, 'smp_wmb();', INDEX, 'Never'],
])('%s', (_, clear, between, index, verdict) => {
  expect(resetAndPush(clear, between, index)).toEqual([verdict, verdict]);
});

test('a barrier of stores does not keep the reads, if flags are not released', () => {
  expect(resetAndPush(ONCE, 'smp_wmb();', INDEX)).toEqual(['Sometimes', 'Never']);
});
