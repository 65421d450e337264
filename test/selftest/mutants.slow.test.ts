import { expect, test } from 'vitest';
import { knownSurvivors } from '../../selftest/mutants/command.ts';
import { allMutants } from '../../selftest/mutants/list.ts';
import { applied, mutantsOf, operators } from '../../selftest/mutants/operators.ts';
import { refused } from '../../selftest/mutants/table.ts';
import { patched } from '../../selftest/patch/patch.ts';

const all = allMutants();

test('the operators make mutants of every subject', () => {
  expect(all.length).toBeGreaterThan(300);
});

test('each argument for a survivor names a mutant that exists', () => {
  const keys = new Set(all.map(({ key }) => key));
  expect(
    knownSurvivors()
      .flatMap((argument) => argument.keys)
      .filter((key) => !keys.has(key)),
  ).toEqual([]);
});

test('a survivor without an argument, and an argument without a survivor, are rejected', () => {
  const [a, b] = [{ key: 'a' }, { key: 'b' }];
  const survives = { property: null, where: null };
  const killed = { property: 'R7', where: 'ring' };
  const argued = (...keys: string[]) => [{ why: 'It does not matter.', keys }];
  expect(refused([a, b], { a: survives, b: killed }, argued('a'))).toEqual([]);
  expect(refused([a], { a: survives }, [])).toEqual(['a: survives, and nothing says why']);
  expect(refused([a], { a: { property: 'hung', where: 'ring' } }, [])).toEqual(['a: hangs, and nothing says why']);
  expect(refused([a], { a: { property: 'hung', where: 'ring' } }, argued('a'))).toEqual([]);
  expect(refused([a], { a: killed }, argued('a'))).toEqual(['a: has an argument, and is killed by R7']);
  expect(refused([a], { a: killed }, argued('b'))).toEqual(['b: has an argument, and is not there']);
  expect(refused([a], {}, [])).toEqual(['a: was never run']);
});

/** The mutants that an operator makes of a function with these lines: the lines of each. */
function made(operator: string, ...lines: readonly string[]): string[] {
  const text = ['function f(mem, kvm, ring) {', ...lines, '}'].join('\n');
  return mutantsOf(text)
    .filter((mutant) => mutant.operator === operator)
    .map((mutant) => applied(text, mutant).split('\n').slice(1, -1).join('\n').replace(/\s+/g, ' '));
}

test('each operator makes the expected mutants', () => {
  const [store, other] = ['mem.store(ring.a, 1);', 'mem.store(ring.b, 2);'];
  expect(made('drop', store)).toEqual([';']);
  expect(made('twice', store)).toEqual([`{ ${store} ${store} }`]);
  expect(made('swap', store, other)).toEqual([`${other} ${store}`]);
  expect(made('swap', 'const a = mem.load(ring.a);', 'mem.store(ring.b, a);')).toEqual([]);
  expect(made('unlocked', 'mem.lock(kvm.slots_lock);', store, 'mem.unlock(kvm.slots_lock);')).toEqual([`; ${store} ;`]);
  expect(made('zero', 'return mem.load64(ring.a);')).toEqual(['return 0n;']);
  expect(made('again', 'const a = mem.load(ring.a);', 'g(a);', 'g(a);')).toEqual([
    'const a = mem.load(ring.a); g(a); g((mem.load(ring.a)));',
  ]);
  expect(made('bound', 'return ring.a >= ring.b;')).toEqual(['return ring.a > ring.b;']);
  expect(made('condition', 'if (ring.a) g();')).toEqual(['if (true) g();', 'if (false) g();']);
  expect(made('operand', 'return ring.a && ring.b;')).toEqual(['return (ring.a);', 'return (ring.b);']);
  expect(made('mask', 'return u16(ring.a & 7);')).toEqual(['return (ring.a & 7);', 'return u16(ring.a);']);
  expect(made('arithmetic', 'return ring.a + 1;')).toEqual(['return ring.a - 1;']);
  expect(made('number', 'return true;')).toEqual(['return false;']);
  expect(made('return', 'return -EINVAL;')).toEqual(['return 0;']);
  expect(Object.keys(operators)).toHaveLength(13);
});

test('a patch at an offset replaces the exact text there', () => {
  const edit = { file: 'ring/push', from: 'a', at: 2, to: 'b' };
  expect(patched('a a', [edit])).toBe('a b');
  expect(() => patched('a b', [edit])).toThrow('a patch of ring/push does not fit at 2: a');
});
