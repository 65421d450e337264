import { expect, test } from 'vitest';
import { patched } from '../../selftest/patch/patch.ts';

const TEXT = 'if (a > 1)\n    return f(a);\nreturn g(a);\n';

test('a patch matches across line breaks, and keeps all line numbers', () => {
  const edits = [{ file: 'x', from: 'if (a > 1) return f(a);', to: 'if (a > 2)\n  return 0;' }];
  expect(patched(TEXT, edits)).toBe('if (a > 2) return 0;\n\nreturn g(a);\n');
});

test('patches are applied in sequence, each to the result of the one before', () => {
  const edits = [
    { file: 'x', from: 'f(a)', to: 'h(a)' },
    { file: 'x', from: 'return h(a);', to: '' },
  ];
  expect(patched(TEXT, edits)).toBe('if (a > 1)\n    \nreturn g(a);\n');
});

test('a patch that matches no place, or two, is rejected', () => {
  expect(() => patched(TEXT, [{ file: 'x', from: 'f(b)', to: '' }])).toThrow(
    'a patch of x fits 0 places, not one: f(b)',
  );
  expect(() => patched(TEXT, [{ file: 'x', from: 'return', to: '' }])).toThrow('a patch of x fits 2 places');
});

test('special characters are literal in the pattern and in the replacement', () => {
  const edits = [{ file: 'x', from: 'a[i] + $1', to: "'$&' + $1" }];
  expect(patched('x = a[i] + $1;', edits)).toBe("x = '$&' + $1;");
});
