import type { Draw } from './draw.ts';
import type { ActorView, OperationView, RoleName, VmView } from './vmView.ts';

/** An actor that a mutation adds, and what it changes in the VM beside. */
export interface AddedActor {
  readonly actor: ActorView;
  readonly rings?: VmView['rings'];
  readonly backupBitmap?: true;
}

/** All that is known of a role. The list in `roles/registry.ts` has one line for each. */
export interface Role {
  readonly name: RoleName;
  /** What an actor of this role is, for the documentation. */
  readonly about: string;
  /** Whether it runs a vCPU, whose number it has then. */
  readonly hasVcpu: boolean;
  /** Whether its accesses race with all others, so that no data race is reported. */
  readonly isRacy: boolean;
  /** A new operation for an actor; undefined where there is none. The result may be no valid VM. */
  draw(draw: Draw, actor: ActorView): OperationView | undefined;
  /** A new actor; undefined where the VM has no place for it. Left out: mutations never add one. */
  add?(draw: Draw): AddedActor | undefined;
}
