/**
 * What a scenario can claim, in `sometimes`, that some execution makes true. `claims` says when.
 */
export const claimNames = [
  'a ring is full',
  'a vCPU stops',
  'an index wraps',
  'a page is written again',
  'a page is re-armed',
  'a push is refused',
  'a cons is refused',
  'a checkpoint is committed',
  'the machine is set back',
  'the machine moves',
  'the hardware logs a page',
  'a slot is deleted',
  'a signal is pending',
] as const;
export type ClaimName = (typeof claimNames)[number];
