import type { EventRelation } from './eventRelation.ts';

/** What events depend on, as pairs of a read and an event of its thread. */
export interface Dependencies {
  readonly address: EventRelation;
  readonly data: EventRelation;
  readonly control: EventRelation;
  /** Whether each of them is all pairs that there could be, or none: then nothing carries more. */
  readonly areClosed?: boolean;
}
