import { describe, expect, test } from 'vitest';
import { explore } from '../../src/testing/explore.ts';
import { versions } from '../../src/trackers/dirtyRing/versions.ts';
import { handOver } from './handOver.ts';
import { NOT_WIPED, pushOverReset, READS_HARVESTED, type Weakened } from './pushOverReset.ts';

const outcome = async (
  memoryModel: 'sc' | 'tso' | 'rc11' | 'lkmm',
  version: keyof typeof versions,
  leeway: 0 | 1,
  ...weakened: Weakened[]
): Promise<string> => {
  const { outcome, findings } = await explore(pushOverReset(versions[version], leeway, weakened), {
    memoryModel,
    minimise: 0,
    seconds: 60,
  });
  return findings[0]?.property ?? outcome;
};

describe('Linux 6.12: reset_index moves without a release', () => {
  test.each([0, 1] as const)('leeway %i: a reset may wipe what was pushed over its entry', async (leeway) => {
    expect(await outcome('lkmm', '6.12', leeway)).toBe(NOT_WIPED);
    expect(await outcome('lkmm', '6.12', leeway, 'storeRelease(flags)')).toBe(NOT_WIPED);
    expect(await outcome('tso', '6.12', leeway)).toBe('passed');
  });

  // Both with GFNRING_LONG set.
  const leeways = process.env.GFNRING_LONG === undefined ? ([1] as const) : ([0, 1] as const);
  test.each(leeways)('leeway %i: by load buffering, it may read what was pushed', async (leeway) => {
    for (const weakened of leeway === 0 ? [[]] : ([['storeRelease(flags)']] as const)) {
      const reads = pushOverReset(versions['6.12'], leeway, weakened, [READS_HARVESTED]);
      const { findings } = await explore(reads, { memoryModel: 'lkmm', minimise: 0, seconds: 60 });
      expect(findings[0]?.property).toBe(READS_HARVESTED);
      expect((await explore(reads, { memoryModel: 'rc11' })).outcome).toBe('passed');
    }
  });
});

describe('repaired: reset_index moves with a release', () => {
  test.each([0, 1] as const)('leeway %i: then the release of flags is not needed', async (leeway) => {
    expect(await outcome('lkmm', 'repaired', leeway)).toBe('passed');
    expect(await outcome('lkmm', 'repaired', leeway, 'storeRelease(flags)')).toBe('passed');
  });

  test.each([0, 1] as const)('leeway %i: without it, the release of flags is not enough', async (leeway) => {
    expect(await outcome('lkmm', 'repaired', leeway, 'storeRelease(reset_index)')).toBe(NOT_WIPED);
  });
});

test('the stores of a push depend on the check for room', async () => {
  expect(await outcome('lkmm', 'repaired', 0, 'loadAcquire(reset_index)')).toBe('passed');
  // rc11 has no dependencies: it reports a failure that is none.
  expect(await outcome('rc11', 'repaired', 0, 'loadAcquire(reset_index)')).toBe(NOT_WIPED);
});

test.each([
  ['nothing', {}, 'passed'],
  ['the wmb of a push', { vcpu: 'wmb()' }, 'no other page is harvested'],
  ['the acquire of a harvest', { userspace: 'loadAcquire(flags)' }, 'no other page is harvested'],
  ['the acquire of a reset', { kernel: 'loadAcquire(flags)' }, 'no other page is re-armed'],
] as const)('a page is handed over, without %s', async (_, weakened, expected) => {
  const { outcome, findings } = await explore(handOver(versions.repaired, weakened), {
    memoryModel: 'lkmm',
    minimise: 0,
    seconds: 60,
  });
  expect(findings[0]?.property ?? outcome).toBe(expected);
});
