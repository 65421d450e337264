import { collect, hostile, kernel, poke, reset, userspace, vcpu, write } from '../../vm/actorSpecs.ts';
import type { BuiltInScenario } from '../../vm/builtInScenario.ts';
import { VM_RULE } from '../../vm/properties/vmRules.ts';
import { copyBeforeReset } from '../scenarios/copyBeforeReset.ts';
import { multiVmScenarios } from '../scenarios/multiVmScenarios.ts';
import { LOST, ONE_PAGE, OUT_OF_BOUNDS, type ScenarioTracker, trackerScenario } from '../scenarios/trackerScenario.ts';
import { whilePaused } from '../scenarios/whilePaused.ts';

/**
 * The list may be drained only while the machine is paused. The last scenarios show the mail's
 * objections.
 */
export const gfnListScenarios = (tracker: ScenarioTracker): BuiltInScenario[] => [
  ...whilePaused(tracker),
  ...multiVmScenarios(tracker),
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
    // With an index out of bounds the list looks full: a vCPU that checks first waits for a reset
    // that never comes.
    { known: { catalogue: 'O3', properties: [...OUT_OF_BOUNDS, VM_RULE.L1_RUNS_AGAIN] } },
  ),
  trackerScenario(
    tracker,
    'hostile-fetch',
    'userspace claims to have read more than there is, while another thread resets',
    [vcpu(0, write(0)), kernel(0, reset), hostile(poke(0, 8, 32, 3))],
    [],
    ONE_PAGE,
  ),
  copyBeforeReset(tracker),
];
