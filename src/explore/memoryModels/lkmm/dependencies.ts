import type { EventRelation } from './eventRelation.ts';

/** What events depend on, as pairs of a read and an event of its thread. */
export interface Dependencies {
  readonly address: EventRelation;
  readonly data: EventRelation;
  readonly control: EventRelation;
  /** Whether each of them is all pairs that there could be. */
  readonly areAll?: boolean;
}
