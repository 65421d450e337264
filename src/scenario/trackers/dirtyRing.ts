import type { TrackerName } from '../../trackers/registry.ts';
import {
  collect,
  halt,
  harvest,
  host,
  hostile,
  kernel,
  poke,
  reset,
  serve,
  signalTo,
  userspace,
  vcpu,
  write,
} from '../../vm/actorSpecs.ts';
import { copyBeforeReset } from './copyBeforeReset.ts';
import { LOST, ONE_PAGE, OUT_OF_BOUNDS, type TrackerScenario, trackerScenario } from './trackerScenario.ts';

/** The ring as merged. */
export function dirtyRingScenarios(tracker: TrackerName): TrackerScenario[] {
  const interruptible = tracker === 'dirty-ring@6.17' || tracker === 'dirty-ring@repaired';
  const repaired = tracker === 'dirty-ring@repaired';
  const wraps = tracker === 'dirty-ring@5.11' || tracker === 'dirty-ring@6.17';
  return [
    trackerScenario(
      tracker,
      'wrap',
      'every index passes 4294967295',
      [vcpu(0, write(0), write(0), halt), userspace(serve)],
      ['an index wraps', 'a page is written again'],
      { index: 0xffffffff },
    ),
    trackerScenario(
      tracker,
      'handed-over',
      'a kernel thread resets what userspace has harvested: the page that was pushed, and no other',
      [vcpu(0, write(1)), userspace(harvest()), kernel(0, reset)],
      ['a page is re-armed'],
      {},
      { known: tracker === 'dirty-ring@5.11' && { catalogue: 'B14', properties: LOST } },
    ),
    ...(interruptible
      ? [
          trackerScenario(
            tracker,
            'signal',
            'a signal cuts a reset short; userspace handles it and resets again',
            [vcpu(0, write(0), write(0)), userspace(collect), host(signalTo('userspace'))],
            ['a signal is pending', 'a page is written again'],
            ONE_PAGE,
            { known: !repaired && { catalogue: 'B19', properties: LOST } },
          ),
        ]
      : []),
    trackerScenario(
      tracker,
      'never-pushed',
      'userspace asks to reset an entry that was never pushed',
      [vcpu(0, write(0)), kernel(0, reset), hostile(poke(0, 0, 32, 2), poke(0, 16, 32, 2))],
      [],
      ONE_PAGE,
      { known: !repaired && { catalogue: 'B21', properties: ['F-3'] } },
    ),
    trackerScenario(
      tracker,
      'wrapped-offset',
      'userspace rewrites an offset so that the sum with its neighbour wraps to zero (CVE-2026-52969)',
      [vcpu(0, write(1, 0)), userspace(collect), hostile(poke(0, 8, 64, '18446744073709551553'))],
      [],
      {},
      { known: wraps && { catalogue: 'B11', properties: [...OUT_OF_BOUNDS, ...LOST] } },
    ),
    trackerScenario(
      tracker,
      'endless-reset',
      'userspace flags entries anew as fast as a reset takes them off the ring',
      [
        vcpu(0, write(0, 1)),
        kernel(0, reset),
        hostile(poke(0, 0, 32, 2), poke(0, 16, 32, 2), poke(0, 0, 32, 2)),
        ...(interruptible ? [host(signalTo('kernel0'))] : []),
      ],
      interruptible ? ['a signal is pending'] : [],
      { rings: [{ size: 2, leeway: 1 }] },
      {
        known: !repaired && [
          ...(interruptible ? [] : [{ catalogue: 'B16', properties: ['G2'] } as const]),
          { catalogue: 'B21', properties: ['F-3'] },
        ],
        tooLargeUnder: repaired ? ['weak'] : [],
      },
    ),
    ...(tracker === 'dirty-ring@5.11' ? [copyBeforeReset(tracker)] : []),
    // Linux lets the leeway stand between a reset and the push over its entry: without one, weak memory loses pages there.
    ...(repaired
      ? [
          trackerScenario(
            tracker,
            'no-leeway',
            'a push over the entry that was reset last',
            [vcpu(0, write(0), write(1), write(2), halt), userspace(serve)],
            ['a ring is full', 'a vCPU stops', 'a page is re-armed'],
            { rings: [{ size: 2, leeway: 0 }], slots: [{ slot: 0, npages: 3 }] },
          ),
          trackerScenario(
            tracker,
            'long-reset',
            'while one reset goes on, more is pushed than the ring has, and userspace flags anew what was taken',
            [
              vcpu(0, write(0, 1, 2)),
              kernel(0, reset),
              hostile(poke(0, 0, 32, 2), poke(0, 16, 32, 2), poke(0, 0, 32, 2)),
              host(signalTo('kernel0')),
            ],
            ['a signal is pending'],
            { rings: [{ size: 2, leeway: 0 }], slots: [{ slot: 0, npages: 3 }] },
            { mode: 'hunt' },
          ),
        ]
      : []),
  ];
}
