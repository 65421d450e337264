import { expect, test } from 'vitest';
import { htmlPage } from '../../src/report/htmlPage.ts';
import { formatPerfettoTrace } from '../../src/report/reporters/perfetto.ts';
import { interleavingOfFinding } from './interleavings.ts';

test('a page is one file, and its policy forbids all network access', async () => {
  const page = htmlPage(await interleavingOfFinding('examples/lost-update.mjs'), 'lost');
  expect(page).toMatch(
    /<meta http-equiv="Content-Security-Policy" content="default-src 'none';[^"]*script-src 'sha256-[^"]+"/,
  );
  expect(page).not.toMatch(/unsafe-|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  expect(page.match(/<script/g)).toHaveLength(2);
});

test('no text of a finding ends the element that contains it', () => {
  const data = { message: '</script><script>alert(1)</script><!--', dollar: "$& $' $1", quote: '\u2028"' };
  const page = htmlPage(data, '</title><script>alert(1)</script>&');
  expect(page).not.toContain('<script>alert');
  expect(page).not.toContain('<!--');
  const [, json] = /id="data">([\s\S]*?)<\/script>/.exec(page)!;
  expect(JSON.parse(json)).toEqual(data);
});

test('a trace for Perfetto: threads, slices inside slices, flows that begin and end, locks', async () => {
  const data = await interleavingOfFinding('examples/sb.mjs', { memoryModel: 'tso' });
  const { traceEvents: events } = JSON.parse(formatPerfettoTrace(data));
  const names = events.filter((event) => event.name === 'thread_name').map(({ args }) => args.name);
  expect(names).toEqual(['a', 'b', 'lock m', 'store buffer of a', 'store buffer of b']);
  const slices = events.filter(({ ph }) => ph === 'X');
  expect(slices.filter(({ cat }) => cat === 'store buffer')).toHaveLength(2);
  expect(slices.filter(({ args }) => args?.at !== undefined)).toHaveLength(data.steps.length);
  // Slices of one thread are nested or disjoint: the format allows nothing else.
  for (const a of slices)
    for (const b of slices) {
      const [inside, beside] = [
        a.ts <= b.ts && a.ts + a.dur >= b.ts + b.dur,
        a.ts + a.dur <= b.ts || b.ts + b.dur <= a.ts,
      ];
      const around = b.ts <= a.ts && b.ts + b.dur >= a.ts + a.dur;
      expect(a.tid !== b.tid || inside || around || beside).toBe(true);
    }
  expect(events.at(-1)).toMatchObject({ ph: 'i', name: 'one of them saw the other', s: 'g' });
});

test('each flow of a trace begins in one actor and ends in another', async () => {
  const { traceEvents: events } = JSON.parse(
    formatPerfettoTrace(await interleavingOfFinding('examples/publish.mjs', { memoryModel: 'rc11' })),
  );
  const flows = events.filter(({ ph }) => ph === 's' || ph === 'f');
  expect(flows).toMatchObject([
    { ph: 's', id: 1, tid: 1 },
    { ph: 'f', id: 1, tid: 2, bp: 'e' },
  ]);
});
