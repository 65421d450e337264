import type { InterleavingData } from '../data.ts';
import { grouped, plural } from '../format.ts';
import { describeForReader, heldLocks, isViolatingStep } from './describe.ts';
import { Diagram } from './diagram.ts';
import { h } from './dom.ts';
import { createHeader } from './interleavingHeader.ts';
import { createLegend } from './legend.ts';
import { MemorySnapshot } from './memorySnapshot.ts';
import { findPlaces, renderStatePanel } from './state.ts';
import { Timeline } from './timeline.ts';
import { Toolbar } from './toolbar.ts';

/** Delay before the address is updated. Browsers limit how often an address may change. */
const ADDRESS_DELAY_MS = 150;

/** The page of one interleaving: the diagram, and memory after the selected step. */
export class InterleavingPage {
  readonly element: HTMLElement;
  private selected = 0;
  private addressTimer: number | undefined;
  private readonly data: InterleavingData;
  private readonly timeline: Timeline;
  private readonly diagram: Diagram;
  private readonly toolbar: Toolbar;
  private readonly state = h('aside', { class: 'state', 'aria-label': 'Memory after the step' });
  /** Screen readers speak it when another step is selected. */
  private readonly sentence = h('p', { class: 'sentence', id: 'spoken', role: 'status', 'aria-live': 'polite' });
  private readonly now = h('section', { class: 'now', 'aria-label': 'The step' });
  private readonly legend = createLegend();

  /** @param campaignLink address of the campaign that the page is part of. */
  constructor(data: InterleavingData, campaignLink?: string) {
    this.data = data;
    this.timeline = new Timeline(data);
    this.diagram = new Diagram(data, (step) => this.select(step));
    this.toolbar = new Toolbar(data, {
      select: (step) => this.select(step),
      move: (distance) => this.move(distance),
      filter: () => this.applyFilter(),
    });
    this.element = h(
      'main',
      { class: 'interleaving', keydown: (event: KeyboardEvent) => this.handleKey(event) },
      createHeader(data, campaignLink),
      this.toolbar.element,
      h('div', { class: 'main' }, this.diagram.element, this.state),
    );
    this.state.append(this.now);
  }

  /** Call it when the page is in the document. Selects `step`, or the step of the violation. */
  begin(step: number | undefined): void {
    this.applyFilter();
    this.diagram.focus();
    this.show(step ?? this.data.failed?.step ?? 0, false);
  }

  /** Selects a step, from 0. A hidden step clears the filter. */
  select(step: number): void {
    this.show(step, true);
    window.clearTimeout(this.addressTimer);
    const rest = location.hash.replace(/&?step=\d*/, '').replace(/^#?&?/, '#');
    const address = `${rest === '#' ? rest : `${rest}&`}step=${this.selected + 1}`;
    this.addressTimer = window.setTimeout(() => history.replaceState(null, '', address), ADDRESS_DELAY_MS);
  }

  /**
   * The same without a new address.
   *
   * @param showsColumn whether to scroll to the column of the step. The page opens at its left end.
   */
  show(step: number, showsColumn: boolean): void {
    this.selected = Math.max(0, Math.min(this.data.steps.length - 1, step));
    if (!this.diagram.visible.isVisible(this.selected)) this.clearFilter();
    this.diagram.select(this.selected, showsColumn);
    this.toolbar.showStep(this.selected);
    this.showState();
  }

  private showState(): void {
    const { data, selected } = this;
    const { actor, operation, source } = data.steps[selected];
    const held = heldLocks(this.diagram.locks, actor, selected);
    const inOperation = `in ${data.actors[actor].operations[operation]}`;
    const line = source === undefined ? undefined : data.sources[source];
    this.sentence.textContent = describeForReader(data, selected);
    this.now.classList.toggle('broken', isViolatingStep(data, selected));
    this.now.replaceChildren(
      h('h2', {}, `Step ${grouped(selected + 1)} of ${grouped(data.steps.length)}`),
      this.sentence,
      h('p', { class: 'where' }, held.length > 0 ? `${inOperation}, holding ${held.join(' and ')}` : inOperation),
      line === undefined ? '' : h('p', { class: 'where', id: 'line' }, `at ${line.at}`),
      line?.code === undefined ? '' : h('pre', { class: 'code' }, line.code),
    );
    const snapshot = new MemorySnapshot(data, this.timeline, selected);
    const panel = renderStatePanel(snapshot, (name) => this.filterByCell(name));
    this.state.replaceChildren(this.now, ...panel, this.legend);
  }

  private filterByCell(name: string): void {
    this.toolbar.filter.value = name;
    this.applyFilter();
    this.toolbar.filter.focus();
  }

  private clearFilter(): void {
    this.toolbar.filter.value = '';
    this.applyFilter();
  }

  private applyFilter(): void {
    const { data, diagram } = this;
    const text = this.toolbar.filter.value.trim();
    const places = text === '' ? undefined : findPlaces(data, text);
    const isVisible = (step: number): boolean => places === undefined || places.has(data.steps[step].place ?? -1);
    diagram.filter(isVisible);
    const visible = data.steps.filter((_, step) => isVisible(step)).length;
    const count = `${grouped(visible)} of ${plural(data.steps.length, 'step')}`;
    this.toolbar.count.textContent = places === undefined ? '' : count;
    if (visible === 0) return;
    if (isVisible(this.selected)) diagram.select(this.selected, false);
    else this.select(diagram.visible.neighbour(this.selected, 0));
  }

  private handleKey(event: KeyboardEvent): void {
    const { filter } = this.toolbar;
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === 'Escape' && filter.value !== '') this.clearFilter();
    else if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === '/') filter.focus();
    else if (event.key === 'f') this.select(this.data.failed?.step ?? this.selected);
    else {
      const distance = this.distanceOf(event.key);
      if (distance === undefined) return;
      this.move(distance);
    }
    event.preventDefault();
  }

  private distanceOf(key: string): number | undefined {
    const { page } = this.diagram;
    const distances: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowRight: 1,
      ArrowUp: -1,
      ArrowLeft: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    return distances[key];
  }

  private move(distance: number): void {
    this.select(this.diagram.visible.neighbour(this.selected, distance));
  }
}
