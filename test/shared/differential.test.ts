import { expect, test } from 'vitest';
import { randomOf } from '../../src/explore/random.ts';
import { during } from '../../src/shared/activity.ts';
import { takeBuffers } from '../../src/shared/buffer.ts';
import { sharedScenario } from '../../src/shared/index.ts';
import { real } from '../../src/shared/real.ts';
import { explore } from '../../src/testing/explore.ts';
import { draws } from '../draws.ts';
import { describe, drawProgram, type Globals, makeShared, runProgram } from './drawnProgram.ts';

const seed = Number(process.env.GFNRING_SEED ?? 1);
const arrayBuffer = { isView: real.isView };
const REAL: Globals = { ...real, ...real.arrays, ArrayBuffer: arrayBuffer, Array };
const SETUP = { kind: 'setup', mem: undefined, loop: undefined } as const;

test('programs do on stand-ins what they do on real shared memory', () => {
  for (let i = 0; i < draws(3000); i++) {
    const program = drawProgram(randomOf(seed, i), 12);
    const expected = runProgram(program, REAL, makeShared(REAL));
    const found = during(SETUP, () => runProgram(program, globalThis as Globals, makeShared(globalThis as Globals)));
    takeBuffers();
    const at = found.findIndex((text, n) => text !== expected[n]);
    expect([i, at < 0 ? '' : describe(program[at]), found[at]]).toEqual([i, '', expected[at]]);
  }
});

test.each(['sc', 'tso', 'rc11'] as const)('so they do as operations under %s', async (memoryModel) => {
  for (let i = 0; i < draws(memoryModel === 'sc' ? 400 : 60); i++) {
    const program = drawProgram(randomOf(seed + 1, i), 8);
    const expected = runProgram(program, REAL, makeShared(REAL));
    const one = sharedScenario({
      name: 'one',
      setup: () => makeShared(globalThis as Globals),
      actors: { a: [(shared) => runProgram(program, globalThis as Globals, shared)] },
      finally: {
        'as on real memory': (_, { a }) => {
          const at = expected.findIndex((text, n) => text !== a[0][n]);
          return at < 0 || `${describe(program[at])}: ${a[0][at]}, not ${expected[at]}`;
        },
      },
    });
    const { outcome, text } = await explore(one, { memoryModel, minimise: 0, steps: 20_000 });
    expect([i, outcome, outcome === 'passed' ? '' : text]).toEqual([i, 'passed', '']);
  }
});
