import type { InterleavingData } from '../data.ts';
import { type Arrow, arrowsOf, type End, pathOf } from './arrows.ts';
import { h, svg } from './dom.ts';
import { GUTTER, type Lane, LOCK, lanesOf, lengthOf } from './lanes.ts';
import { markOf } from './marks.ts';
import { locksOf, operationsOf, type Row, rowsOf, type Span } from './rows.ts';
import { isBroken, isStale, noteOf, sentenceOf } from './words.ts';

/** The height of a line, as in the style sheet; lines that are drawn above and below what is seen. */
const ROW = 24;
const AROUND = 8;

/** The space-time diagram: a lane an actor, time downwards. Only what is in sight is drawn, however many steps there are. */
export class Diagram {
  readonly element: HTMLElement;
  readonly locks: readonly Span[];
  /** The lines that are shown, and by step: its line, or that of the next one shown after it. */
  private rows: readonly Row[] = [];
  private lineOf = new Int32Array(0);
  /** By step: the line of the last step shown up to it; -1: there is none. By first step of an operation: its first line and its last. */
  private lineBefore = new Int32Array(0);
  private boxes = new Map<number, { readonly first: number; last: number }>();
  private chosen = 0;
  private readonly of: InterleavingData;
  private readonly lanes: readonly (Lane | undefined)[];
  private readonly operations: readonly Span[];
  private readonly arrows: readonly Arrow[];
  private readonly letter: number;
  private readonly width: number;
  private readonly scroller: HTMLElement;
  private readonly all: HTMLElement;
  private readonly layer: HTMLElement;
  private drawing = 0;

  /** @param choose is called with the step that is clicked on. */
  constructor(of: InterleavingData, choose: (step: number) => void) {
    this.of = of;
    this.locks = locksOf(of);
    this.operations = operationsOf(of);
    this.arrows = arrowsOf(of);
    this.letter = letterWidth();
    this.lanes = lanesOf(of, this.locks, this.letter);
    this.width = Math.max(...this.lanes.map((lane) => (lane ? lane.x + lane.width : 0)));
    const names = h(
      'div',
      { class: 'names', 'aria-hidden': 'true' },
      ...this.lanes.map((lane) => lane && at(lane.text, lane.name)),
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
    this.rows = rowsOf(this.of, isShown);
    this.lineOf = new Int32Array(this.of.steps.length + 1).fill(this.rows.length);
    this.rows.forEach((row, line) => {
      if (row.is === 'step') this.lineOf[row.step] = line;
    });
    for (let s = this.of.steps.length - 1; s >= 0; s--)
      if (this.lineOf[s] === this.rows.length) this.lineOf[s] = this.lineOf[s + 1];
    this.lineBefore = new Int32Array(this.of.steps.length).fill(-1);
    for (let s = 0; s < this.of.steps.length; s++)
      this.lineBefore[s] = this.isShown(s) ? this.lineOf[s] : (this.lineBefore[s - 1] ?? -1);
    this.findBoxes();
    this.all.style.height = `${this.rows.length * ROW + 8}px`;
    this.draw();
  }

  private findBoxes(): void {
    this.boxes = new Map();
    const open = new Map<number, { last: number }>();
    this.rows.forEach((row, line) => {
      if (row.is === 'operation') {
        const box = { first: line, last: line };
        this.boxes.set(row.from, box);
        open.set(row.actor, box);
      } else if (row.is === 'step') {
        const { actor, kind } = this.of.steps[row.step];
        const box = open.get(actor);
        if (box !== undefined && kind !== 'leaves') box.last = line;
      }
    });
  }

  isShown(step: number): boolean {
    const row = this.rows[this.lineOf[step]];
    return row?.is === 'step' && row.step === step;
  }

  /** The step that is shown `by` steps after another one, or before it; the first or the last, where there are not so many. */
  beside(step: number, by: number): number {
    const steps = this.rows.flatMap((row) => (row.is === 'step' ? [row.step] : []));
    if (steps.length === 0) return step;
    const next = steps.findIndex((other) => other >= step);
    const at = next < 0 ? steps.length : next;
    const to = by > 0 && steps[at] !== step ? at + by - 1 : at + by;
    return steps[Math.max(0, Math.min(steps.length - 1, to))];
  }

  /** Steps in sight, at most. */
  get page(): number {
    return Math.max(1, Math.floor(this.scroller.clientHeight / ROW) - 3);
  }

  choose(step: number): void {
    this.chosen = step;
    const y = this.lineOf[step] * ROW;
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
    const { scrollTop, clientHeight } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - AROUND);
    const last = Math.min(this.rows.length, Math.ceil((scrollTop + clientHeight) / ROW) + AROUND);
    const height = (last - first) * ROW;
    const picture = svg('svg', {
      width: this.width,
      height,
      'aria-hidden': 'true',
      viewBox: `0 ${first * ROW} ${this.width} ${height}`,
    });
    picture.append(
      heads(),
      ...this.drawSpans(first, last),
      ...this.drawArrows(first, last),
      ...this.drawMarks(first, last),
    );
    const rows = this.rows.slice(first, last).map((row, i) => this.drawRow(row, i * ROW));
    this.layer.style.transform = `translateY(${first * ROW}px)`;
    this.layer.style.height = `${height}px`;
    this.layer.style.width = `${Math.max(this.width, this.scroller.clientWidth)}px`;
    // What is chosen lies under the picture, texts over it.
    this.layer.replaceChildren(this.drawChosen(first), picture, ...rows);
    if (!this.rows.some(({ is }) => is === 'step'))
      this.layer.replaceChildren(h('p', { class: 'nothing' }, 'No step is shown: the filter leaves none.'));
  }

  private drawChosen(first: number): HTMLElement {
    const row = h('div', { class: 'row chosen', 'aria-hidden': 'true' });
    row.style.top = `${(this.lineOf[this.chosen] - first) * ROW}px`;
    row.hidden = !this.isShown(this.chosen);
    return row;
  }

  private drawRow(row: Row, top: number): HTMLElement {
    const element = this.rowOf(row);
    element.style.top = `${top}px`;
    return element;
  }

  private rowOf(row: Row): HTMLElement {
    const { of } = this;
    if (row.is === 'operation')
      return h(
        'div',
        { class: 'row operation', 'aria-hidden': 'true' },
        at(this.lanes[row.actor]!.text - 4, row.label),
      );
    if (row.is === 'failure') {
      const { property, message } = of.failed!;
      return h(
        'div',
        { class: 'row failure', 'aria-hidden': 'true', title: message },
        at(FAILURE_X, `✗ ${property}: ${message}`),
      );
    }
    const { step } = row;
    const data = of.steps[step];
    const note = noteOf(of, data);
    const isChosen = step === this.chosen;
    const text = at(this.lanes[data.actor]!.text, of.texts[data.text]);
    if (note !== '') text.append(h('span', { class: isStale(data) ? 'note stale' : 'note' }, `  ${note}`));
    return h(
      'div',
      {
        class: `row${isBroken(of, step) ? ' broken' : ''}`,
        id: `s${step + 1}`,
        role: 'option',
        'data-step': step,
        'aria-selected': String(isChosen),
        'aria-posinset': step + 1,
        'aria-setsize': of.steps.length,
        'aria-label': sentenceOf(of, step),
      },
      h('span', { class: 'number' }, String(step + 1)),
      text,
    );
  }

  private drawSpans(first: number, last: number): SVGElement[] {
    const [top, bottom] = [first * ROW, last * ROW];
    const lanes = this.lanes.map(
      (lane) => lane && svg('path', { class: 'lane', d: `M${lane.x + 0.5} ${top}V${bottom}` }),
    );
    const operations = this.operations.flatMap(({ actor, from }) => {
      const box = this.boxes.get(from);
      if (box === undefined || box.first >= last || box.last < first) return [];
      const lane = this.lanes[actor]!;
      const height = (box.last + 1 - box.first) * ROW - 3;
      return [
        svg('rect', { class: 'span', x: lane.x + 4, y: box.first * ROW + 2, width: lane.width - 16, height, rx: 5 }),
      ];
    });
    const locks = this.locks.flatMap(({ actor, from, to, label, depth }) => {
      const [begin, end] = [this.lineOf[from], this.lineBefore[to]];
      if (end < begin || begin >= last || end < first) return [];
      const x = this.lanes[actor]!.x + 8 + depth * LOCK;
      const y = begin * ROW + 4;
      const height = (end + 1 - begin) * ROW - 8;
      const seen = Math.max(y, this.scroller.scrollTop) + 5;
      const fits = Math.floor((y + height - seen) / 6.1);
      const name = fits >= 4 ? label.slice(0, fits) : '';
      return [
        svg('rect', { class: 'held', x, y, width: 13, height, rx: 3 }),
        svg('text', { class: 'held-name', transform: `translate(${x + 3.5} ${seen}) rotate(90)` }, name),
      ];
    });
    return [...operations, ...lanes.filter((lane) => lane !== undefined), ...locks];
  }

  private drawArrows(first: number, last: number): SVGElement[] {
    const isSeen = (step: number): boolean => this.lineOf[step] >= first && this.lineOf[step] < last;
    return this.arrows
      .filter(({ from, to }) => isSeen(from) || isSeen(to))
      .filter(({ from, to }) => this.isShown(from) && this.isShown(to))
      .sort((a, b) => Number(this.isOn(a)) - Number(this.isOn(b)))
      .map((arrow) => {
        const is = arrow.isOver ? 'over' : arrow.isStale ? 'stale' : 'read';
        return svg('path', {
          class: `arrow ${is}${arrow.isOwn ? ' own' : ''}${this.isOn(arrow) ? ' on' : ''}`,
          d: pathOf(this.endOf(arrow.from), this.endOf(arrow.to)),
          'marker-end': `url(#head-${is})`,
          'data-from': arrow.from + 1,
          'data-to': arrow.to + 1,
        });
      });
  }

  private isOn({ from, to }: Arrow): boolean {
    return from === this.chosen || to === this.chosen;
  }

  private endOf(step: number): End {
    const data = this.of.steps[step];
    const lane = this.lanes[data.actor]!;
    return {
      y: (this.lineOf[step] + 0.5) * ROW,
      mark: lane.mark,
      end: lane.text + lengthOf(this.of, data) * this.letter,
    };
  }

  private drawMarks(first: number, last: number): SVGElement[] {
    return this.rows.slice(first, last).flatMap((row) => {
      if (row.is !== 'step') return [];
      const { kind, lets, actor } = this.of.steps[row.step];
      const { y, mark } = this.endOf(row.step);
      const sign = markOf(kind, mark, y, isBroken(this.of, row.step));
      if (lets === undefined || !this.isShown(lets)) return [sign];
      const stored = this.endOf(lets);
      const out = this.lanes[actor]!.mark - 16;
      return [
        svg('path', { class: 'buffer', d: `M${mark - 4} ${stored.y}C${out} ${stored.y} ${out} ${y} ${mark - 4} ${y}` }),
        sign,
      ];
    });
  }
}

const FAILURE_X = 14;

function at(left: number, text: string): HTMLElement {
  const element = h('span', { class: 'text' }, text);
  element.style.left = `${left}px`;
  return element;
}

const heads = (): SVGElement =>
  svg(
    'defs',
    {},
    ...['read', 'stale', 'over'].map((is) =>
      svg(
        'marker',
        {
          id: `head-${is}`,
          viewBox: '0 0 10 10',
          refX: 6,
          refY: 5,
          markerWidth: 9,
          markerHeight: 9,
          markerUnits: 'userSpaceOnUse',
          orient: 'auto',
        },
        svg('path', { class: `head ${is}`, d: 'M0 0.5L10 5L0 9.5z' }),
      ),
    ),
  );

/** The width of a letter of the steps' texts, in pixels. */
function letterWidth(): number {
  const probe = h('span', { class: 'steps' }, 'm'.repeat(100));
  probe.style.cssText = 'position:absolute;visibility:hidden;overflow:visible;white-space:pre';
  document.body.append(probe);
  const { width } = probe.getBoundingClientRect();
  probe.remove();
  return width / 100;
}
