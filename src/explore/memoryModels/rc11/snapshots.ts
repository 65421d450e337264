import type { MessageView, ThreadView } from './threadView.ts';
import type { ViewTransitions } from './viewTransitions.ts';

/**
 * HOT under `rc11`. The views before each step, so that steps can be undone. Views are immutable,
 * so this is cheap.
 */
export class ViewSnapshots {
  /** By step: the view of its thread before it. */
  readonly threadViews: ThreadView[] = [];
  private readonly scChanges: number[] = [];
  private readonly lockViews: MessageView[] = [];
  private readonly transitions: ViewTransitions;

  constructor(transitions: ViewTransitions) {
    this.transitions = transitions;
  }

  /** Before step `s` of `thread`, on a place. */
  save(s: number, thread: number, place: number): void {
    const { transitions } = this;
    this.threadViews[s] = transitions.threadViews[thread];
    this.scChanges[s] = transitions.scOrder.changes;
    this.lockViews[s] = transitions.lockViews[place];
  }

  /** Undoes step `s`, the last one. So many stores are left. */
  restore(s: number, thread: number, place: number, stores: number): void {
    const { transitions } = this;
    transitions.threadViews[thread] = this.threadViews[s];
    transitions.scOrder.undo(this.scChanges[s]);
    transitions.lockViews[place] = this.lockViews[s];
    transitions.messageViews.length = stores;
  }
}
