const [WIDTH, LEFT, BAR, STEP, TOP] = [760, 190, 22, 34, 64];
const RIGHT = 90;
const BASELINE = BAR / 2 + 5;

/**
 * An SVG bar chart of cycles per second, one bar for each tracker, with a line at the value of the
 * mail. Its colors follow the light or dark scheme of the reader.
 * @param caption lines of text under the bars
 */
export function chart(rows, { title, mark, caption }) {
  const most = Math.max(mark.value, ...rows.map(({ perSecond }) => perSecond));
  const x = (value) => LEFT + ((WIDTH - LEFT - RIGHT) * value) / most;
  const bottom = TOP + rows.length * STEP;
  const height = bottom + 34 + caption.length * 17;
  const y = (i) => TOP + i * STEP;
  const bars = rows.map(
    ({ perSecond }, i) =>
      `<rect class="bar" x="${LEFT}" y="${y(i)}" width="${(x(perSecond) - LEFT).toFixed(1)}" height="${BAR}" rx="2"/>`,
  );
  const labels = rows.flatMap(({ tracker, perSecond }, i) => [
    text(LEFT - 10, y(i) + BASELINE, tracker, 'end'),
    text(x(perSecond) + 8, y(i) + BASELINE, thousands(perSecond)),
  ]);
  const at = x(mark.value).toFixed(1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    STYLE,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    text(20, 28, title, 'start', 'title'),
    ...bars,
    `<line class="mark" x1="${at}" x2="${at}" y1="${TOP - 10}" y2="${bottom}"/>`,
    text(x(mark.value), TOP - 15, mark.label, 'middle', 'small'),
    ...labels,
    ...caption.map((line, i) => text(20, bottom + 26 + i * 17, line, 'start', 'small')),
    '</svg>',
    '',
  ].join('\n');
}

const STYLE = `<style>
text { font: 14px system-ui, sans-serif; fill: #1f2328; stroke: #ffffff; stroke-width: 4px; paint-order: stroke }
.title { font-size: 16px; font-weight: 600 }
.small { font-size: 12px; fill: #59636e }
.ground { fill: #ffffff }
.bar { fill: #0969da }
.mark { stroke: #bc4c00; stroke-width: 1.5; stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; stroke: #0d1117 }
  .small { fill: #9198a1 }
  .ground { fill: #0d1117 }
  .bar { fill: #4493f8 }
  .mark { stroke: #f0883e }
}
</style>`;

const text = (x, y, content, anchor = 'start', of = '') =>
  `<text x="${+x.toFixed(1)}" y="${y}" text-anchor="${anchor}"${of && ` class="${of}"`}>${escaped(content)}</text>`;

const thousands = (value) => Math.round(value).toLocaleString('en-US');

const escaped = (content) => content.replace(/[&<>"]/g, (c) => `&#${c.codePointAt(0)};`);
