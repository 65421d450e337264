import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { confirmSchedule, countLosses, lossOf, scheduleOfFinding } from '../../src/confirm/confirm.ts';
import { planOf } from '../../src/confirm/machinePlan.ts';
import { performRounds } from '../../src/confirm/rounds.ts';
import { loadFinding } from '../../src/run/resolveScenarioName.ts';
import { findBuiltIn } from '../../src/scenario/builtinScenarios.ts';
import type { VmSpec } from '../../src/vm/spec.ts';
import { runIn } from '../commandLine.ts';
import { harmlessSchedules } from './harmless.ts';

/**
 * Kernels are under the GPL, so none is here. See docs/kernel-confirm.md for where to get one.
 */
const vmlinuz = process.env.GFNRING_VMLINUZ;
const modules = process.env.GFNRING_MODULES;
/** Modules of the same kernel with the edit script for B20. */
const repaired = process.env.GFNRING_MODULES_B20;
const SCHEDULES = Number(process.env.GFNRING_SCHEDULES ?? 40);
const isSet = vmlinuz !== undefined && modules !== undefined;

const folder = mkdtempSync(join(tmpdir(), 'gfnring-confirm-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function b20() {
  runIn(folder, 'explore', 'dirty-ring@6.12/two-resetters', '--scheduler', 'exhaustive', '--dir', 'found');
  const file = join(folder, 'found', readdirSync(join(folder, 'found'))[0]);
  return scheduleOfFinding(loadFinding(file), file);
}

describe.skipIf(!isSet)(`the kernel in GFNRING_VMLINUZ and GFNRING_MODULES${isSet ? '' : ' (not set)'}`, () => {
  test('B20: a write is lost in each round with the schedule', async () => {
    const confirmation = await confirmSchedule({ vmlinuz: vmlinuz!, modules: modules! }, await b20(), 10);
    expect(countLosses(confirmation, true)).toEqual({ lost: 10, of: 10 });
    expect(countLosses(confirmation, false).lost).toBeLessThan(10);
  }, 300_000);

  test('schedules that the explorer calls harmless lose nothing, and the trace records agree', async () => {
    const spec = findBuiltIn('dirty-ring@6.12/two-resetters')!.spec as VmSpec;
    const schedules = (await harmlessSchedules(spec, 20_000)).slice(0, SCHEDULES);
    const orders = schedules.map((schedule) => ({ ...schedule, forced: true }));
    const { rounds } = await performRounds({ vmlinuz: vmlinuz!, modules: modules! }, planOf(spec), orders);
    const counted = rounds.filter(({ disturbed }) => !disturbed);
    expect(
      counted.map(({ records, inOrder, pages: [{ memory, copy }] }) => ({ records, inOrder, memory, copy })),
    ).toEqual(schedules.map(({ records, memory, copy }) => ({ records, inOrder: true, memory, copy })));
    expect(counted.map(lossOf).filter((loss) => loss !== null)).toEqual([]);
  }, 600_000);

  test.skipIf(repaired === undefined)(
    'with the fix of B20, nothing is lost',
    async () => {
      const confirmation = await confirmSchedule({ vmlinuz: vmlinuz!, modules: repaired! }, await b20(), 3);
      expect(confirmation.rounds.filter(({ forced }) => forced).map(({ inOrder }) => inOrder)).toEqual([
        false,
        false,
        false,
      ]);
      expect(countLosses(confirmation, true).lost + countLosses(confirmation, false).lost).toBe(0);
    },
    300_000,
  );
});
