import { ViewTransitions } from './viewTransitions.ts';

/**
 * For an execution graph of another model under construction: coherence of each location alone. The
 * axioms of the model are asked of the whole graph.
 */
export class CoherenceViews extends ViewTransitions {
  override load(thread: number, _kind: number, from: readonly number[]): void {
    const view = this.threadViews[thread];
    this.threadViews[thread] = { ...view, current: this.afterRead(thread, view.current, from) };
  }

  override store(thread: number, _kind: number, first: number): void {
    const view = this.threadViews[thread];
    this.addMessages(this.views.initial);
    this.threadViews[thread] = { ...view, current: this.afterWrite(thread, view.current, first) };
  }

  override update(thread: number, kind: number, _from: readonly number[], first: number): void {
    this.store(thread, kind, first);
  }

  override fence(): void {}

  override lock(): void {
    this.addMessages(this.views.initial);
  }

  override unlock(): void {
    this.addMessages(this.views.initial);
  }
}
