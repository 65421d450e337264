import { AccessMemory } from './accessMemory.ts';
import type { Place } from './cell.ts';
import { accessCode, isFence, isRmw, isStore, Kind, kindNames, kindOf, placeOf } from './kinds.ts';
import type { Layout } from './layout.ts';
import { ContractViolation } from './memory.ts';
import type { Step } from './trace.ts';

/** Thrown through an operation when the recording has no further step for it. */
export const END_OF_RECORDING = Symbol('end of recording');

/**
 * Gives one actor the values that it saw in a finding, in one ordinary pass. Nothing is thrown on
 * the way and nothing runs twice, so that a debugger can step through. Nothing is shared or
 * written.
 */
export class RecordedMemory extends AccessMemory {
  readonly thread: number;
  origin: string | undefined;
  private readonly steps: readonly Step[];
  private readonly layout: Layout;
  private next = 0;

  /** `steps`: the recorded steps of `thread` alone, in order. */
  constructor(thread: number, steps: readonly Step[], layout: Layout) {
    super();
    this.thread = thread;
    this.steps = steps;
    this.layout = layout;
  }

  protected access(kind: number, place: Place, operand: number | bigint): number | bigint {
    const step = this.step(accessCode(kind, place.id));
    if (isRmw(kind)) return place.bits === 64 ? step.old : Number(step.old);
    if (isStore(kind) && step.value !== BigInt(operand))
      throw this.differs(`${kindNames[kind]} ${place.name} = ${step.value}`, `= ${operand}`);
    return place.bits === 64 ? step.value : Number(step.value);
  }

  /**
   * Only some memory models make a fence a step: where the recording has none, it has another
   * access here.
   */
  protected fenceStep(kind: number): void {
    if (this.steps[this.next]?.code === accessCode(kind, 0)) this.next++;
  }

  protected choiceStep(): number {
    return Number(this.step(accessCode(Kind.choose, 0)).value);
  }

  private step(code: number): Step {
    const step = this.steps[this.next];
    if (step === undefined) throw END_OF_RECORDING;
    if (step.code !== code) throw this.differs(this.describe(step.code), this.describe(code));
    this.next++;
    return step;
  }

  private describe(code: number): string {
    const name = kindNames[kindOf(code)];
    return isFence(kindOf(code)) ? name : `${name} ${this.layout.places[placeOf(code)].name}`;
  }

  private differs(recorded: string, now: string): ContractViolation {
    return new ContractViolation(
      'differs on the second pass',
      `step ${this.next + 1} of thread ${this.thread} was ${recorded} in the recording and is ${now} now`,
    );
  }
}
