import type { InterleavingData } from '../data.ts';
import { type Arrow, arrowsOf, type End, pathOf } from './arrows.ts';
import { isBroken } from './describe.ts';
import { svg } from './dom.ts';
import { type Lane, LOCK, lengthOf, ROW } from './lanes.ts';
import type { Lines } from './lines.ts';
import { markOf } from './marks.ts';
import { operationsOf, type Span } from './rows.ts';

/** What is drawn of the diagram: lanes, operations, locks, arrows and marks. Texts lie over it. */
export class SvgLayer {
  private lines!: Lines;
  private chosen = 0;
  private readonly of: InterleavingData;
  private readonly lanes: readonly (Lane | undefined)[];
  private readonly locks: readonly Span[];
  private readonly operations: readonly Span[];
  private readonly arrows: readonly Arrow[];
  private readonly letter: number;

  /** @param letter the width of a letter, in pixels. */
  constructor(
    of: InterleavingData,
    {
      lanes,
      locks,
      letter,
    }: { readonly lanes: SvgLayer['lanes']; readonly locks: readonly Span[]; readonly letter: number },
  ) {
    this.of = of;
    this.lanes = lanes;
    this.locks = locks;
    this.letter = letter;
    this.operations = operationsOf(of);
    this.arrows = arrowsOf(of);
  }

  /** Draws the lines from `first` to before `last`; `top` is where, in pixels, what is in sight begins. */
  draw(lines: Lines, chosen: number, first: number, last: number, top: number): SVGElement {
    this.lines = lines;
    this.chosen = chosen;
    const width = Math.max(...this.lanes.map((lane) => (lane ? lane.x + lane.width : 0)));
    const height = Math.max(0, last - first) * ROW;
    return svg(
      'svg',
      { width, height, 'aria-hidden': 'true', viewBox: `0 ${first * ROW} ${width} ${height}` },
      heads(),
      ...this.drawSpans(first, last, top),
      ...this.drawArrows(first, last),
      ...this.drawMarks(first, last),
    );
  }

  private drawSpans(first: number, last: number, sight: number): SVGElement[] {
    const [top, bottom] = [first * ROW, last * ROW];
    const lanes = this.lanes.map(
      (lane) => lane && svg('path', { class: 'lane', d: `M${lane.x + 0.5} ${top}V${bottom}` }),
    );
    const operations = this.operations.flatMap(({ actor, from }) => {
      const box = this.lines.boxes.get(from);
      if (box === undefined || box.first >= last || box.last < first) return [];
      const lane = this.lanes[actor]!;
      const height = (box.last + 1 - box.first) * ROW - 3;
      return [
        svg('rect', { class: 'span', x: lane.x + 4, y: box.first * ROW + 2, width: lane.width - 16, height, rx: 5 }),
      ];
    });
    const locks = this.locks.flatMap(({ actor, from, to, label, depth }) => {
      const [begin, end] = [this.lines.at[from], this.lines.before[to]];
      if (end < begin || begin >= last || end < first) return [];
      const x = this.lanes[actor]!.x + 8 + depth * LOCK;
      const y = begin * ROW + 4;
      const height = (end + 1 - begin) * ROW - 8;
      const seen = Math.max(y, sight) + 5;
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
    const isSeen = (step: number): boolean => this.lines.at[step] >= first && this.lines.at[step] < last;
    return this.arrows
      .filter(({ from, to }) => isSeen(from) || isSeen(to))
      .filter(({ from, to }) => this.lines.isShown(from) && this.lines.isShown(to))
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
      y: (this.lines.at[step] + 0.5) * ROW,
      mark: lane.mark,
      end: lane.text + lengthOf(this.of, data) * this.letter,
    };
  }

  private drawMarks(first: number, last: number): SVGElement[] {
    return this.lines.rows.slice(first, last).flatMap((row) => {
      if (row.is !== 'step') return [];
      const { kind, lets, actor } = this.of.steps[row.step];
      const { y, mark } = this.endOf(row.step);
      const sign = markOf(kind, mark, y, isBroken(this.of, row.step));
      if (lets === undefined || !this.lines.isShown(lets)) return [sign];
      const stored = this.endOf(lets);
      const out = this.lanes[actor]!.mark - 16;
      return [
        svg('path', { class: 'buffer', d: `M${mark - 4} ${stored.y}C${out} ${stored.y} ${out} ${y} ${mark - 4} ${y}` }),
        sign,
      ];
    });
  }
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
