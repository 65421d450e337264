import type { InterleavingData } from '../data.ts';
import { findLockSpans, type Span } from '../spans.ts';
import { type ActorColumn, type ColumnSize, GUTTER, HEADING, layOutColumns, measureColumns, ROW } from './columns.ts';
import { h } from './dom.ts';
import { createRow, textAt } from './rowElement.ts';
import { SvgLayer } from './svgLayer.ts';
import { VisibleRows } from './visibleRows.ts';

/** Rows that are drawn above and below the visible ones. */
const MARGIN = 8;

/**
 * The space-time diagram: one column for each actor, and time goes down. Only rows in or near the
 * viewport are drawn, so the cost does not grow with the number of steps.
 */
export class Diagram {
  readonly element: HTMLElement;
  readonly locks: readonly Span[];
  visible!: VisibleRows;
  private selected = 0;
  private readonly data: InterleavingData;
  private readonly sizes: readonly (ColumnSize | undefined)[];
  private columns: readonly (ActorColumn | undefined)[] = [];
  private readonly svgLayer: SvgLayer;
  /** Width of the viewport that the columns are laid out for. */
  private available = -1;
  private width = 0;
  private readonly names: HTMLElement;
  private readonly scroller: HTMLElement;
  private readonly content: HTMLElement;
  private readonly viewport: HTMLElement;
  private frame = 0;

  /** @param select is called with the step that is clicked on. */
  constructor(data: InterleavingData, select: (step: number) => void) {
    this.data = data;
    this.locks = findLockSpans(data);
    const characterWidth = measureCharacter();
    this.sizes = measureColumns(data, this.locks, characterWidth);
    this.svgLayer = new SvgLayer(data, this.locks, characterWidth);
    this.names = h('div', { class: 'names', 'aria-hidden': 'true' });
    this.viewport = h('div', { class: 'visible', role: 'none' });
    this.content = h('div', { class: 'content', role: 'none' }, this.viewport);
    this.scroller = this.createScroller(select);
    this.element = h('div', { class: 'diagram' }, this.scroller);
    new ResizeObserver(() => this.drawSoon()).observe(this.scroller);
    this.filter(() => true);
  }

  filter(isVisible: (step: number) => boolean): void {
    this.visible = new VisibleRows(this.data, isVisible);
    this.content.style.height = `${this.visible.rows.length * ROW + 8}px`;
    this.draw();
  }

  /** Steps to move for Page Up and Page Down. */
  get page(): number {
    return Math.max(1, Math.floor(this.height / ROW) - 3);
  }

  /**
   * Selects a step and scrolls to its row.
   *
   * @param showsColumn whether to scroll to its column too.
   */
  select(step: number, showsColumn: boolean): void {
    this.selected = step;
    this.layOut();
    const y = this.visible.rowOf[step] * ROW;
    const { scroller, height } = this;
    const { scrollTop } = scroller;
    const room = Math.min(3 * ROW, height / 4);
    if (y < scrollTop + room) scroller.scrollTop = y - room;
    else if (y + 2 * ROW > scrollTop + height - room) scroller.scrollTop = y + 2 * ROW - height + room;
    if (showsColumn) this.scrollToColumn(this.columns[this.data.steps[step].actor]!);
    this.draw();
  }

  private scrollToColumn({ x, width }: ActorColumn): void {
    const { scroller } = this;
    const { scrollLeft, clientWidth } = scroller;
    if (x - GUTTER < scrollLeft) scroller.scrollLeft = x - GUTTER;
    else if (x + width > scrollLeft + clientWidth) scroller.scrollLeft = Math.min(x - GUTTER, x + width - clientWidth);
  }

  focus(): void {
    this.scroller.focus({ preventScroll: true });
  }

  private createScroller(select: (step: number) => void): HTMLElement {
    return h(
      'div',
      {
        class: 'steps',
        id: 'steps',
        role: 'listbox',
        tabindex: 0,
        'aria-label': 'Steps in the order of the schedule',
        scroll: () => this.drawSoon(),
        click: (event: MouseEvent) => {
          const row = (event.target as Element).closest('[data-step]');
          if (row !== null) select(Number((row as HTMLElement).dataset.step));
        },
      },
      this.names,
      this.content,
    );
  }

  /** Height of the part of the rows that can be seen. The names cover the rest. */
  private get height(): number {
    return Math.max(0, this.scroller.clientHeight - HEADING);
  }

  /** Fits the columns into the width that there is. */
  private layOut(): void {
    const { clientWidth } = this.scroller;
    if (clientWidth === this.available) return;
    this.available = clientWidth;
    this.columns = layOutColumns(this.sizes, clientWidth);
    this.svgLayer.columns = this.columns;
    this.width = Math.max(clientWidth, ...this.columns.map((column) => (column ? column.x + column.width : 0)));
    for (const element of [this.names, this.content]) element.style.width = `${this.width}px`;
    this.names.replaceChildren(
      h('span', { class: 'corner' }),
      ...this.columns.flatMap((column) => (column === undefined ? [] : [textAt(column.text, column, column.name)])),
    );
  }

  private drawSoon(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { visible, selected, viewport } = this;
    this.layOut();
    const { scrollTop } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - MARGIN);
    const last = Math.min(visible.rows.length, Math.ceil((scrollTop + this.height) / ROW) + MARGIN);
    viewport.style.transform = `translateY(${first * ROW}px)`;
    viewport.style.height = `${Math.max(0, last - first) * ROW}px`;
    viewport.style.width = `${this.width}px`;
    if (visible.isEmpty) {
      viewport.replaceChildren(h('p', { class: 'nothing' }, 'No step matches the filter.'));
      return;
    }
    const rows = visible.rows.slice(first, last).map((row) => createRow(this.data, this.columns, row, selected));
    for (const [i, row] of rows.entries()) row.style.top = `${i * ROW}px`;
    // From back to front: the selection, the graphics, the texts.
    const graphics = this.svgLayer.draw(visible, selected, first, last, scrollTop);
    viewport.replaceChildren(this.createSelection(first), graphics, ...rows);
  }

  private createSelection(first: number): HTMLElement {
    const row = h('div', { class: 'row selected', 'aria-hidden': 'true' });
    row.style.top = `${(this.visible.rowOf[this.selected] - first) * ROW}px`;
    row.hidden = !this.visible.isVisible(this.selected);
    return row;
  }
}

/** The width of a character of the steps' font, in pixels. */
function measureCharacter(): number {
  const probe = h('span', { class: 'steps' }, 'm'.repeat(100));
  probe.style.cssText = 'position:absolute;visibility:hidden;overflow:visible;white-space:pre';
  document.body.append(probe);
  const { width } = probe.getBoundingClientRect();
  probe.remove();
  return width / 100;
}
