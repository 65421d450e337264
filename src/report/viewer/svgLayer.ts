import type { InterleavingData } from '../data.ts';
import { findOperationSpans, type Span } from '../spans.ts';
import { type Arrow, type ArrowEnd, arrowPath, findArrows } from './arrows.ts';
import { type ActorColumn, LOCK, ROW, textLength } from './columns.ts';
import { isViolatingStep } from './describe.ts';
import { svg } from './dom.ts';
import { createMark } from './marks.ts';
import type { VisibleRows } from './visibleRows.ts';

/** Height of a character of a lock's name, which is written downwards, in pixels. */
const LOCK_NAME_CHARACTER = 6.1;

/** The graphics of the diagram, under the texts: columns, operations, locks, arrows and marks. */
export class SvgLayer {
  /** By actor. */
  columns: readonly (ActorColumn | undefined)[] = [];
  private visible!: VisibleRows;
  private selected = 0;
  private readonly data: InterleavingData;
  private readonly locks: readonly Span[];
  private readonly characterWidth: number;
  private readonly operations: readonly Span[];
  private readonly arrows: readonly Arrow[];

  /** @param characterWidth in pixels. */
  constructor(data: InterleavingData, locks: readonly Span[], characterWidth: number) {
    this.data = data;
    this.locks = locks;
    this.characterWidth = characterWidth;
    this.operations = findOperationSpans(data);
    this.arrows = findArrows(data);
  }

  /**
   * Draws the rows from `first` up to, not including, `last`.
   *
   * @param scrollTop upper edge of the visible part, in pixels.
   */
  draw(visible: VisibleRows, selected: number, first: number, last: number, scrollTop: number): SVGElement {
    this.visible = visible;
    this.selected = selected;
    const width = Math.max(...this.columns.map((column) => (column ? column.x + column.width : 0)));
    const height = Math.max(0, last - first) * ROW;
    return svg(
      'svg',
      { width, height, 'aria-hidden': 'true', viewBox: `0 ${first * ROW} ${width} ${height}` },
      createArrowHeads(),
      ...this.drawOperations(first, last),
      ...this.drawColumns(first, last),
      ...this.drawLocks(first, last, scrollTop),
      ...this.drawArrows(first, last),
      ...this.drawMarks(first, last),
    );
  }

  private drawColumns(first: number, last: number): SVGElement[] {
    const [top, bottom] = [first * ROW, last * ROW];
    return this.columns.flatMap((column) =>
      column === undefined ? [] : [svg('path', { class: 'column', d: `M${column.x + 0.5} ${top}V${bottom}` })],
    );
  }

  private drawOperations(first: number, last: number): SVGElement[] {
    return this.operations.flatMap(({ actor, from }) => {
      const box = this.visible.boxes.get(from);
      if (box === undefined || box.first >= last || box.last < first) return [];
      const column = this.columns[actor]!;
      const [x, y, width] = [column.x + 4, box.first * ROW + 2, column.width - 16];
      const height = (box.last + 1 - box.first) * ROW - 3;
      return [svg('rect', { class: 'span', x, y, width, height, rx: 5 })];
    });
  }

  private drawLocks(first: number, last: number, scrollTop: number): SVGElement[] {
    const { columns, locks } = this;
    return locks.flatMap(({ actor, from, to, label, depth }) => {
      const [begin, end] = [this.visible.rowOf[from], this.visible.rowBefore[to]];
      if (end < begin || begin >= last || end < first) return [];
      const x = columns[actor]!.x + 8 + depth * LOCK;
      const y = begin * ROW + 4;
      const height = (end + 1 - begin) * ROW - 8;
      // The name starts in the visible part of the bar.
      const nameY = Math.max(y, scrollTop) + 5;
      const room = Math.floor((y + height - nameY) / LOCK_NAME_CHARACTER);
      const name = room >= 4 ? label.slice(0, room) : '';
      return [
        svg('rect', { class: 'held', x, y, width: 13, height, rx: 3 }),
        svg('text', { class: 'held-name', transform: `translate(${x + 3.5} ${nameY}) rotate(90)` }, name),
      ];
    });
  }

  private drawArrows(first: number, last: number): SVGElement[] {
    const { rowOf } = this.visible;
    const isInRange = (step: number): boolean => rowOf[step] >= first && rowOf[step] < last;
    return this.arrows
      .filter(({ from, to }) => isInRange(from) || isInRange(to))
      .filter(({ from, to }) => this.visible.isVisible(from) && this.visible.isVisible(to))
      .sort((a, b) => Number(this.isSelected(a)) - Number(this.isSelected(b)))
      .map((arrow) => {
        const kind = arrow.isOverwrite ? 'overwrite' : arrow.isStale ? 'stale' : 'read';
        return svg('path', {
          class: `arrow ${kind}${arrow.isOwn ? ' own' : ''}${this.isSelected(arrow) ? ' selected' : ''}`,
          d: arrowPath(this.endOf(arrow.from), this.endOf(arrow.to)),
          'marker-end': `url(#head-${kind})`,
          'data-from': arrow.from + 1,
          'data-to': arrow.to + 1,
        });
      });
  }

  private isSelected({ from, to }: Arrow): boolean {
    return from === this.selected || to === this.selected;
  }

  private endOf(step: number): ArrowEnd {
    const { columns, characterWidth } = this;
    const stepData = this.data.steps[step];
    const column = columns[stepData.actor]!;
    return {
      y: (this.visible.rowOf[step] + 0.5) * ROW,
      mark: column.mark,
      textEnd: Math.min(column.textEnd, column.text + textLength(this.data, stepData) * characterWidth),
    };
  }

  private drawMarks(first: number, last: number): SVGElement[] {
    return this.visible.rows.slice(first, last).flatMap((row) => {
      if (row.kind !== 'step') return [];
      const { kind, flushes } = this.data.steps[row.step];
      const { y, mark } = this.endOf(row.step);
      const sign = createMark(kind, mark, y, isViolatingStep(this.data, row.step));
      if (flushes === undefined || !this.visible.isVisible(flushes)) return [sign];
      const stored = this.endOf(flushes);
      const left = mark - 16;
      const curve = `M${mark - 4} ${stored.y}C${left} ${stored.y} ${left} ${y} ${mark - 4} ${y}`;
      return [svg('path', { class: 'buffer', d: curve }), sign];
    });
  }
}

const createArrowHeads = (): SVGElement =>
  svg(
    'defs',
    {},
    ...['read', 'stale', 'overwrite'].map((kind) =>
      svg(
        'marker',
        {
          id: `head-${kind}`,
          viewBox: '0 0 10 10',
          refX: 6,
          refY: 5,
          markerWidth: 9,
          markerHeight: 9,
          markerUnits: 'userSpaceOnUse',
          orient: 'auto',
        },
        svg('path', { class: `head ${kind}`, d: 'M0 0.5L10 5L0 9.5z' }),
      ),
    ),
  );
