import type { Place } from '../../memory/cell.ts';
import { isWait, Kind } from '../../memory/kinds.ts';
import { ContractViolation } from '../../memory/memory.ts';
import type { Program } from '../program.ts';

/**
 * What a thread must not do with locks. Asked before the access is taken, so that it is no step of
 * the schedule.
 */
export class LockRules {
  private readonly program: Program;
  private readonly spinlocks: readonly Place[];
  private readonly holds: (thread: number, id: number) => boolean;

  /** @param holds whether a thread holds the lock at a place. */
  constructor(program: Program, holds: (thread: number, id: number) => boolean) {
    this.program = program;
    this.spinlocks = program.layout.places.filter((place) => place.kind === 'spinlock');
    this.holds = holds;
  }

  /** The rule that `thread` breaks by an access of this kind; undefined: none. */
  check(thread: number, kind: number, place: Place): ContractViolation | undefined {
    if (kind === Kind.unlock) return this.holds(thread, place.id) ? undefined : this.notTheHolder(thread, place);
    const maySleep = isWait(kind) || (kind === Kind.lock && place.kind === 'mutex');
    return maySleep ? this.sleepsUnderSpinlock(thread, place) : undefined;
  }

  private notTheHolder(thread: number, place: Place): ContractViolation {
    const { name } = this.program.actors[thread];
    return new ContractViolation('not the holder', `${name} unlocks ${place.name}, which it does not hold`);
  }

  private sleepsUnderSpinlock(thread: number, place: Place): ContractViolation | undefined {
    for (let i = this.spinlocks.length - 1; i >= 0; i--) {
      const held = this.spinlocks[i];
      if (!this.holds(thread, held.id)) continue;
      const { name } = this.program.actors[thread];
      const message = `${name} may sleep on ${place.name} while it holds ${held.name}`;
      return new ContractViolation('sleeps under a spinlock', message);
    }
    return undefined;
  }
}
