import { collect, host, hostWrite, setSlot, userspace, vcpu, write } from '../../vm/actorSpecs.ts';
import { type TrackerScenario, trackerScenario } from './trackerScenario.ts';

/** The bitmap with KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2. */
export function manualProtectScenarios(): TrackerScenario[] {
  return [
    ...(['on', 'initially set'] as const).map((manualProtect) =>
      trackerScenario(
        'dirty-bitmap',
        manualProtect === 'on' ? 'manual' : 'initially-set',
        `CLEAR re-arms, not GET${manualProtect === 'on' ? '' : '; all bits are set at first, and nothing is armed'}`,
        [vcpu(0, write(0), write(0)), userspace(collect), host(hostWrite(1))],
        ['a page is re-armed', 'a page is written again'],
        { manualProtect },
      ),
    ),
    trackerScenario(
      'dirty-bitmap',
      'shrinks-while-cleared',
      'a slot gets smaller while another thread of userspace clears, and the host is on its way to the page that goes',
      [host(hostWrite(1), hostWrite(1)), userspace(setSlot(0, 1)), { ...userspace(collect), name: 'clearer' }],
      [],
      { manualProtect: 'on' },
    ),
  ];
}
