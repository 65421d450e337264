import type { Mistake } from './mistake.ts';

const testFile = 'test/input/inputFuzz.slow.test.ts';
const expectedBy = ['every mutation of a valid file is read, or refused in one line'];

/** In what reads the files of users, and prints text from them. */
export const input: readonly Mistake[] = [
  {
    name: 'json-of-any-depth',
    part: 'input',
    testFile: 'test/files/readInput.test.ts',
    expectedBy: ['a bad document is refused quickly: 4'],
    edits: [
      { file: 'input/parseJson', from: 'values++; if (++depth > DEPTH_MAX)', to: 'values++; if (++depth > Infinity)' },
    ],
  },
  {
    name: 'json-error-is-no-bad-input',
    part: 'input',
    testFile,
    expectedBy,
    edits: [
      {
        file: 'input/parseJson',
        from: 'return JSON.parse(text); } catch {',
        to: 'return JSON.parse(text); } catch (error) { throw error;',
      },
    ],
  },
  {
    name: 'control-characters-printed',
    part: 'input',
    testFile,
    expectedBy,
    edits: [{ file: 'input/oneLine', from: '/[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]/gu', to: '/[\\p{Zl}\\p{Zp}]/gu' }],
  },
];
