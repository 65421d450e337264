import type { InterleavingData } from '../data.ts';
import { h } from './dom.ts';
import { GUTTER, type Lane, lanesOf, ROW } from './lanes.ts';
import { Lines } from './lines.ts';
import { rowOf, textAt } from './row.ts';
import { locksOf, type Span } from './rows.ts';
import { SvgLayer } from './svgLayer.ts';

/** Lines that are drawn above and below what is seen. */
const AROUND = 8;

/** The space-time diagram: a lane an actor, time downwards. Only what is in sight is drawn, however many steps there are. */
export class Diagram {
  readonly element: HTMLElement;
  readonly locks: readonly Span[];
  lines!: Lines;
  private chosen = 0;
  private readonly of: InterleavingData;
  private readonly lanes: readonly (Lane | undefined)[];
  private readonly picture: SvgLayer;
  private readonly width: number;
  private readonly scroller: HTMLElement;
  private readonly all: HTMLElement;
  private readonly layer: HTMLElement;
  private drawing = 0;

  /** @param choose is called with the step that is clicked on. */
  constructor(of: InterleavingData, choose: (step: number) => void) {
    this.of = of;
    this.locks = locksOf(of);
    const letter = letterWidth();
    this.lanes = lanesOf(of, this.locks, letter);
    this.picture = new SvgLayer(of, { lanes: this.lanes, locks: this.locks, letter });
    this.width = Math.max(...this.lanes.map((lane) => (lane ? lane.x + lane.width : 0)));
    const names = h(
      'div',
      { class: 'names', 'aria-hidden': 'true' },
      ...this.lanes.map((lane) => lane && textAt(lane.text, lane.name)),
    );
    this.layer = h('div', { class: 'layer', role: 'none' });
    this.all = h('div', { class: 'all', role: 'none' }, this.layer);
    this.scroller = h(
      'div',
      {
        class: 'steps',
        id: 'steps',
        role: 'listbox',
        tabindex: 0,
        'aria-label': 'Steps, in the order in which they happened',
        scroll: () => {
          names.scrollLeft = this.scroller.scrollLeft;
          this.drawSoon();
        },
        click: (event: MouseEvent) => {
          const row = (event.target as Element).closest('[data-step]');
          if (row !== null) choose(Number((row as HTMLElement).dataset.step));
        },
      },
      this.all,
    );
    this.all.style.minWidth = `${this.width}px`;
    this.element = h('div', { class: 'picture' }, names, this.scroller);
    new ResizeObserver(() => this.drawSoon()).observe(this.scroller);
    this.show(() => true);
  }

  /** Shows some steps only. */
  show(isShown: (step: number) => boolean): void {
    this.lines = new Lines(this.of, isShown);
    this.all.style.height = `${this.lines.rows.length * ROW + 8}px`;
    this.draw();
  }

  /** Steps in sight, at most. */
  get page(): number {
    return Math.max(1, Math.floor(this.scroller.clientHeight / ROW) - 3);
  }

  choose(step: number): void {
    this.chosen = step;
    const y = this.lines.at[step] * ROW;
    const { scrollTop, clientHeight } = this.scroller;
    const room = Math.min(3 * ROW, clientHeight / 4);
    if (y < scrollTop + room) this.scroller.scrollTop = y - room;
    else if (y + 2 * ROW > scrollTop + clientHeight - room) this.scroller.scrollTop = y + 2 * ROW - clientHeight + room;
    const lane = this.lanes[this.of.steps[step].actor]!;
    const { scrollLeft, clientWidth } = this.scroller;
    if (lane.x - GUTTER < scrollLeft) this.scroller.scrollLeft = lane.x - GUTTER;
    else if (lane.x + lane.width > scrollLeft + clientWidth)
      this.scroller.scrollLeft = Math.min(lane.x - GUTTER, lane.x + lane.width - clientWidth);
    this.draw();
  }

  focus(): void {
    this.scroller.focus({ preventScroll: true });
  }

  private drawSoon(): void {
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { lines, chosen } = this;
    const { scrollTop, clientHeight, clientWidth } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - AROUND);
    const last = Math.min(lines.rows.length, Math.ceil((scrollTop + clientHeight) / ROW) + AROUND);
    this.layer.style.transform = `translateY(${first * ROW}px)`;
    this.layer.style.height = `${Math.max(0, last - first) * ROW}px`;
    this.layer.style.width = `${Math.max(this.width, clientWidth)}px`;
    if (lines.isEmpty) {
      this.layer.replaceChildren(h('p', { class: 'nothing' }, 'No step is shown: the filter leaves none.'));
      return;
    }
    const rows = lines.rows.slice(first, last).map((row) => rowOf(this.of, this.lanes, row, chosen));
    for (const [i, row] of rows.entries()) row.style.top = `${i * ROW}px`;
    // What is chosen lies under the picture, texts over it.
    this.layer.replaceChildren(
      this.drawChosen(first),
      this.picture.draw(lines, chosen, first, last, scrollTop),
      ...rows,
    );
  }

  private drawChosen(first: number): HTMLElement {
    const row = h('div', { class: 'row chosen', 'aria-hidden': 'true' });
    row.style.top = `${(this.lines.at[this.chosen] - first) * ROW}px`;
    row.hidden = !this.lines.isShown(this.chosen);
    return row;
  }
}

/** The width of a letter of the steps' texts, in pixels. */
function letterWidth(): number {
  const probe = h('span', { class: 'steps' }, 'm'.repeat(100));
  probe.style.cssText = 'position:absolute;visibility:hidden;overflow:visible;white-space:pre';
  document.body.append(probe);
  const { width } = probe.getBoundingClientRect();
  probe.remove();
  return width / 100;
}
