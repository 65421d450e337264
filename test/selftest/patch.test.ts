import { expect, test } from 'vitest';
import { patched } from '../../selftest/patch/patch.ts';

const TEXT = 'if (a > 1)\n    return f(a);\nreturn g(a);\n';

test('a patch is found however its text is broken into lines, and moves no line', () => {
  const edits = [{ file: 'x', from: 'if (a > 1) return f(a);', to: 'if (a > 2)\n  return 0;' }];
  expect(patched(TEXT, edits)).toBe('if (a > 2) return 0;\n\nreturn g(a);\n');
});

test('one edit after the other, each in what the one before has left', () => {
  const edits = [
    { file: 'x', from: 'f(a)', to: 'h(a)' },
    { file: 'x', from: 'return h(a);', to: '' },
  ];
  expect(patched(TEXT, edits)).toBe('if (a > 1)\n    \nreturn g(a);\n');
});

test('what is not there, or there twice, is refused', () => {
  expect(() => patched(TEXT, [{ file: 'x', from: 'f(b)', to: '' }])).toThrow(
    'a patch of x fits 0 places, not one: f(b)',
  );
  expect(() => patched(TEXT, [{ file: 'x', from: 'return', to: '' }])).toThrow('a patch of x fits 2 places');
});

test('signs are signs, in the text and in what comes of it', () => {
  const edits = [{ file: 'x', from: 'a[i] + $1', to: "'$&' + $1" }];
  expect(patched('x = a[i] + $1;', edits)).toBe("x = '$&' + $1;");
});
