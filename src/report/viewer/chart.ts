import { grouped } from '../format.ts';
import { h, svg } from './dom.ts';

/** A line of a chart: points of x and y, by rising x. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

export interface ChartOptions {
  readonly title: string;
  /** Label of the x axis. */
  readonly xLabel: string;
  readonly series: readonly Series[];
  /** Text of a value of the x axis; without it, a short number. */
  readonly formatX?: (x: number) => string;
}

/** Size and margins in units of the view box. */
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [560, 240, 62, 104, 10, 30];
/** Least distance of two names. */
const NAME_HEIGHT = 14;

/**
 * A line chart whose axes start at 0, with the names of the lines at their ends. Screen readers get
 * the last values; the page has a table with all of them.
 */
export function createChart({ title, xLabel, series, formatX = shortNumber }: ChartOptions): HTMLElement {
  const points = series.flatMap((line) => line.points);
  const xMax = roundUp(Math.max(1, ...points.map(([x]) => x)));
  const yMax = roundUp(Math.max(1, ...points.map(([, y]) => y)));
  const toX = (value: number): number => LEFT + (value / xMax) * (WIDTH - LEFT - RIGHT);
  const toY = (value: number): number => HEIGHT - BOTTOM - (value / yMax) * (HEIGHT - TOP - BOTTOM);
  const chart = svg('svg', {
    class: 'chart',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: 'img',
    'aria-label': describeChart(title, series),
  });
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    const y = toY(yMax * part);
    chart.append(
      svg('path', { class: part === 0 ? 'axis' : 'grid', d: `M${LEFT} ${y}H${WIDTH - RIGHT}` }),
      svg('text', { x: LEFT - 6, y: y + 4, 'text-anchor': 'end' }, shortNumber(yMax * part)),
    );
  }
  for (const part of [0, 0.5, 1]) {
    const x = xMax * part;
    chart.append(svg('text', { x: toX(x), y: HEIGHT - 14, 'text-anchor': 'middle' }, formatX(x)));
  }
  chart.append(svg('text', { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 1, 'text-anchor': 'middle' }, xLabel));
  const nameYs = spreadOut(series.map((line) => toY(line.points.at(-1)?.[1] ?? 0)));
  series.forEach(({ name, points }, i) => {
    const path = points.map(([x, y], n) => `${n === 0 ? 'M' : 'L'}${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`).join('');
    chart.append(svg('path', { class: `line c${i}`, d: path }));
    if (series.length === 1) return;
    const end = toX(points.at(-1)?.[0] ?? 0);
    chart.append(
      svg('path', { class: `line c${i}`, d: `M${end + 4} ${nameYs[i]}h10` }),
      svg('text', { class: 'name', x: end + 18, y: nameYs[i] + 4 }, name),
    );
  });
  return h('figure', {}, h('figcaption', {}, title), chart);
}

const describeChart = (title: string, series: readonly Series[]): string =>
  `${title}: ${series.map(({ name, points }) => `${name} ends at ${grouped(Math.round(points.at(-1)?.[1] ?? 0))}`).join(', ')}`;

/** Moves the heights of names apart, so that no two overlap and none lies below the chart. */
function spreadOut(heights: readonly number[]): number[] {
  const moved = [...heights];
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
  for (let n = 1; n < order.length; n++) moved[order[n]] = Math.max(moved[order[n]], moved[order[n - 1]] + NAME_HEIGHT);
  const excess = Math.max(0, Math.max(...moved) - (HEIGHT - BOTTOM));
  return moved.map((y) => y - excess);
}

/** The next round number that is not less. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 5, 8, 10].map((n) => n * unit).find((n) => n >= value)!;
}

/** `1.2k`, `3M` */
function shortNumber(value: number): string {
  const [unit, letter] = value >= 1e9 ? [1e9, 'G'] : value >= 1e6 ? [1e6, 'M'] : value >= 1e3 ? [1e3, 'k'] : [1, ''];
  return `${Number((value / unit).toPrecision(3))}${letter}`;
}
