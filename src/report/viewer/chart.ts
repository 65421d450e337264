import { groupDigits, h, svg } from './dom.ts';

/** A line of a chart. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [560, 240, 62, 104, 10, 30];

/** Lines over one axis, from zero; their names stand at their ends. What it says is in a table as well, which is there for those who cannot see it. */
export function chartOf(title: string, across: string, series: readonly Series[], inWords = groupDigits): HTMLElement {
  const points = series.flatMap((of) => of.points);
  const [most, high] = [
    niceAbove(Math.max(1, ...points.map(([x]) => x))),
    niceAbove(Math.max(1, ...points.map(([, y]) => y))),
  ];
  const x = (value: number): number => LEFT + (value / most) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / high) * (HEIGHT - TOP - BOTTOM);
  const picture = svg('svg', {
    class: 'chart',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: 'img',
    'aria-label': spoken(title, series),
  });
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    picture.append(
      svg('path', { class: part === 0 ? 'axis' : 'grid', d: `M${LEFT} ${y(high * part)}H${WIDTH - RIGHT}` }),
      svg('text', { x: LEFT - 6, y: y(high * part) + 4, 'text-anchor': 'end' }, short(high * part)),
    );
  }
  for (const part of [0, 0.5, 1])
    picture.append(
      svg(
        'text',
        { x: x(most * part), y: HEIGHT - 14, 'text-anchor': 'middle' },
        inWords === groupDigits ? short(most * part) : inWords(most * part),
      ),
    );
  picture.append(svg('text', { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 1, 'text-anchor': 'middle' }, across));
  const ends = apart(series.map((of) => y(of.points.at(-1)?.[1] ?? 0)));
  series.forEach(({ name, points }, i) => {
    const path = points.map(([a, b], n) => `${n === 0 ? 'M' : 'L'}${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join('');
    picture.append(svg('path', { class: `line c${i}`, d: path }));
    if (series.length > 1) {
      const end = x(points.at(-1)?.[0] ?? 0);
      picture.append(
        svg('path', { class: `line c${i}`, d: `M${end + 4} ${ends[i]}h10` }),
        svg('text', { class: 'name', x: end + 18, y: ends[i] + 4 }, name),
      );
    }
  });
  return h('figure', {}, h('figcaption', {}, title), picture);
}

const spoken = (title: string, series: readonly Series[]): string =>
  `${title}: ${series.map(({ name, points }) => `${name} ends at ${groupDigits(Math.round(points.at(-1)?.[1] ?? 0))}`).join(', ')}`;

/** Heights of names, so far apart that none lies over another. */
function apart(heights: readonly number[]): number[] {
  const placed = [...heights];
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
  for (let n = 1; n < order.length; n++) placed[order[n]] = Math.max(placed[order[n]], placed[order[n - 1]] + 14);
  const over = Math.max(0, Math.max(...placed) - (HEIGHT - BOTTOM));
  return placed.map((at) => at - over);
}

/** A round number that is not less. */
function niceAbove(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 5, 8, 10].map((n) => n * unit).find((n) => n >= value)!;
}

/** `1.2k`, `3M` */
function short(value: number): string {
  const [unit, letter] = value >= 1e9 ? [1e9, 'G'] : value >= 1e6 ? [1e6, 'M'] : value >= 1e3 ? [1e3, 'k'] : [1, ''];
  return `${Number((value / unit).toPrecision(3))}${letter}`;
}
