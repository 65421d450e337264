import { collect, hostile, kernel, poke, reset, userspace, vcpu, write } from '../../vm/actorSpecs.ts';
import { copyBeforeReset } from './copyBeforeReset.ts';
import { LOST, ONE_PAGE, OUT_OF_BOUNDS, type TrackerScenario, trackerScenario } from './trackerScenario.ts';

/** Cao's list as the mail objects to it. */
export function gfnListScenarios(): TrackerScenario[] {
  const tracker = 'gfn-list';
  return [
    trackerScenario(
      tracker,
      'not-paused',
      'a page is written between the count and the reset, which begins the list anew',
      [vcpu(0, write(0)), userspace(collect)],
      [],
      ONE_PAGE,
      { known: { catalogue: 'O2', properties: LOST } },
    ),
    trackerScenario(
      tracker,
      'hostile-index',
      'userspace writes the index that the next push goes by',
      [vcpu(0, write(0)), hostile(poke(0, 0, 32, 7))],
      [],
      ONE_PAGE,
      // Where it is out of bounds the list looks full, and a vCPU that looks first waits for room that nobody makes.
      { known: { catalogue: 'O3', properties: [...OUT_OF_BOUNDS, 'L1'] } },
    ),
    trackerScenario(
      tracker,
      'hostile-fetch',
      'userspace says that it has read more than there is, while another thread resets',
      [vcpu(0, write(0)), kernel(0, reset), hostile(poke(0, 8, 32, 3))],
      [],
      ONE_PAGE,
    ),
    copyBeforeReset(tracker),
  ];
}
