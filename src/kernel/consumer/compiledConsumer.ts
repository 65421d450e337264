import type { CompiledUnit } from '../compiled.ts';

/** The function of a VMM that harvests a ring, compiled. */
export interface CompiledConsumer extends CompiledUnit {
  /** The name of the function. */
  readonly harvest: string;
  /** The family of the ring that it takes entries of. */
  readonly ring: 'gfn-ring' | 'dirty-ring';
  /** Whether it is called with a limit of entries. */
  readonly hasMax: boolean;
  /** Whether it knows the pages of one slot alone. */
  readonly hasOneSlot: boolean;
  /** Whether QEMU's counter `dirty_pages` is there. */
  readonly hasStatistics: boolean;
}
