import { describe, expect, test } from 'vitest';
import { SCHEMA } from '../../src/input/schema.ts';
import { stress } from '../../src/run/stress/stress.ts';
import { trackerNames } from '../../src/trackers/registry.ts';
import {
  checkpoint,
  halt,
  host,
  hostWrite,
  migrate,
  replicate,
  serve,
  userspace,
  vcpu,
  write,
} from '../../src/vm/actorSpecs.ts';
import type { OperationSpec, VmSpec } from '../../src/vm/spec.ts';

/** Two vCPUs, one userspace, and the host if it may write, on free threads. */
const writes = [write(0, 1), write(1), write(0), write(1, 2), write(2, 0), halt];

function specOf(tracker: string, operations: readonly OperationSpec[], more: Partial<VmSpec> = {}): VmSpec {
  const hostWrites = !tracker.startsWith('dirty-ring') || more.backupBitmap;
  return {
    schema: SCHEMA,
    name: `${tracker}, ${operations.map((op) => op.do)}`,
    tracker,
    rings: [
      { size: 4, leeway: 2 },
      { size: 4, leeway: 2 },
      { size: 8, leeway: 1 },
    ],
    slots: [{ slot: 0, npages: 3 }],
    index: 65533,
    ...more,
    actors: [
      vcpu(0, ...writes),
      vcpu(1, ...writes),
      userspace(...operations),
      ...(hostWrites ? [host(hostWrite(0), hostWrite(2, 1))] : []),
    ],
    sometimes: [],
  };
}

const rolledBack = [checkpoint('reset'), checkpoint(), checkpoint('copy'), replicate];
const moves = [migrate(0, 2)];
const specs = [
  specOf('gfn-ring', rolledBack, { pml: 2 }),
  specOf('gfn-ring', moves),
  specOf('gfn-list', rolledBack),
  specOf('dirty-bitmap', rolledBack, { manualProtect: 'on' }),
  specOf('dirty-bitmap', moves, { manualProtect: 'initially set' }),
  specOf('dirty-ring@5.11', [serve]),
  specOf('dirty-ring@6.1', rolledBack, { pml: 2 }),
  specOf('dirty-ring@6.12', moves, { backupBitmap: true }),
  specOf('dirty-ring@6.17', [serve], { backupBitmap: true }),
  specOf('dirty-ring@repaired', rolledBack, { pml: 2 }),
  specOf('dirty-ring@repaired', moves, { index: 0xffff_fffd }),
];

test('every tracker is tested', () => {
  expect(new Set(specs.map(({ tracker }) => tracker))).toEqual(new Set(trackerNames));
});

describe('on free-running threads no page is lost and no thread waits for ever', () => {
  test.each(specs.map((spec) => [spec.name, spec] as const))('%s', async (_, spec) => {
    const report = await stress(spec, { seconds: 10, runs: 30 });
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ outcome: 'limit', runs: 30, blocked: 0 });
    // Each operation is called at least once in a run. A repetition of userspace is another call.
    const operations = spec.actors.reduce((sum, { operations }) => sum + operations.length, 0);
    expect(report.calls).toBeGreaterThanOrEqual(30 * operations);
  });
});
