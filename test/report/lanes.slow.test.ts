import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../commandLine.ts';
import { hasChromium, keep, launch, open } from './chromium.ts';

const { gfnringHere, path } = temporaryFolder();

/** Findings by name: what is explored. They have three lanes with locks, and two without. */
const FINDINGS = {
  b20: ['dirty-ring@6.17/two-resetters'],
  stale: [`${process.cwd()}/examples/publish.mjs`, '--memory-model', 'rc11'],
} as const;
const WIDTHS = [1500, 900, 400] as const;

let browser: Browser;
beforeAll(async () => {
  if (!hasChromium) return;
  browser = await launch();
  for (const [name, explored] of Object.entries(FINDINGS)) {
    const { stdout } = await gfnringHere('explore', ...explored, '--scheduler', 'exhaustive', '--dir', name, '--json');
    const [{ file }] = JSON.parse(stdout).findings;
    expect(await gfnringHere('report', file, '--html', `${name}.html`)).toMatchObject({ status: 0, stderr: '' });
  }
}, 120_000);
afterAll(() => browser?.close());

/** Horizontal and vertical edges in the window, in pixels. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Positions {
  /** The part of the page that scrolls, without its scroll bars. */
  readonly scroller: Box;
  readonly scrollLeft: number;
  /** Left edges of the lanes, from their lines. */
  readonly lanes: readonly number[];
  readonly headings: readonly Box[];
  /** The steps that are drawn: lane, signs and text. */
  readonly steps: readonly { readonly lane: number; readonly marks: readonly Box[]; readonly text: Box }[];
  /** Of each row that is drawn: what is seen in the column of step numbers, and its colour. */
  readonly gutter: readonly (readonly [className: string, color: string])[];
  /** Width of the page beyond the window. */
  readonly overflow: number;
}

const positions = (page: Page): Promise<Positions> =>
  page.evaluate(() => {
    const boxOf = (element: Element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      return { left, right, top, bottom };
    };
    const scroller = document.querySelector('#steps')!;
    const outer = scroller.getBoundingClientRect();
    const lanes = [...document.querySelectorAll('path.column')].map((line) => line.getBoundingClientRect().left);
    const headings = [...document.querySelectorAll('.names .text')];
    const names = headings.map((heading) => heading.textContent);
    const marks = [...document.querySelectorAll('#steps .mark')].map(boxOf);
    const options = [...document.querySelectorAll('[role=option]')];
    const rows = [...document.querySelectorAll('.row:not(.selected, .failure)')];
    return {
      scroller: {
        ...boxOf(scroller),
        right: outer.left + scroller.clientWidth,
        bottom: outer.top + scroller.clientHeight,
      },
      scrollLeft: scroller.scrollLeft,
      lanes,
      headings: headings.map(boxOf),
      steps: options.map((option) => {
        const { top, bottom } = option.getBoundingClientRect();
        return {
          lane: names.indexOf(/, (\S+):/.exec(option.getAttribute('aria-label')!)![1]),
          marks: marks.filter((mark) => mark.top > top && mark.bottom < bottom),
          text: boxOf(option.querySelector('.text')!),
        };
      }),
      gutter: rows.flatMap((row): [string, string][] => {
        const { top, bottom } = row.getBoundingClientRect();
        const y = (top + bottom) / 2;
        if (y < outer.top + 30 || y > Math.min(outer.top + scroller.clientHeight, innerHeight)) return [];
        const seen = document.elementFromPoint(outer.left + 10, y)!;
        return [[seen.className, getComputedStyle(seen).backgroundColor]];
      }),
      overflow: document.documentElement.scrollWidth - innerWidth,
    };
  });

/** Each lane has its heading above it and its steps in it. The headings stay at the top. */
function expectAligned({ scroller, lanes, headings, steps, gutter, overflow }: Positions): void {
  expect(lanes).toHaveLength(headings.length);
  expect(steps.length).toBeGreaterThan(3);
  const rightOf = (lane: number): number => lanes[lane + 1] ?? Infinity;
  for (const [lane, { left, right, top, bottom }] of headings.entries()) {
    expect([lane, left > lanes[lane], right < rightOf(lane)]).toEqual([lane, true, true]);
    expect([top >= scroller.top, bottom <= scroller.top + 30]).toEqual([true, true]);
  }
  for (const { lane, marks, text } of steps) {
    expect(marks.length).toBeGreaterThan(0);
    for (const { left, right } of marks)
      expect([lane, left > lanes[lane], right < text.left]).toEqual([lane, true, true]);
    expect([lane, text.right < rightOf(lane)]).toEqual([lane, true]);
    // A text begins below the heading of its lane.
    expect(Math.abs(text.left - headings[lane].left)).toBeLessThan(1);
  }
  // Nothing of a lane that is scrolled away is seen there, also in the row of an operation.
  for (const [className, color] of gutter) {
    expect(className).toBe('number');
    expect(color).toMatch(/^rgb\(/);
  }
  expect(gutter.length).toBeGreaterThan(3);
  expect(overflow).toBeLessThanOrEqual(0);
}

const settle = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

describe.skipIf(!hasChromium).each(Object.keys(FINDINGS))('%s', (name) => {
  test.each(WIDTHS)('lanes and their headings, %i pixels wide', async (width) => {
    for (const scheme of ['light', 'dark'] as const) {
      const { page, complaints } = await open(browser, path(`${name}.html`), '', scheme, width);
      await settle(page);
      await keep(page, `${name}-${scheme}-${width}`);
      const opened = await positions(page);
      expectAligned(opened);
      expect(opened.scrollLeft).toBe(0);
      // Lanes that fit take the whole width.
      const end = await page.evaluate(() => document.querySelector('.visible')!.getBoundingClientRect().right);
      if (width >= 900) expect(Math.abs(end - opened.scroller.right)).toBeLessThan(1);
      for (const [left, top] of [
        [120, 0],
        [10_000, 10_000],
      ]) {
        await page.evaluate(([x, y]) => document.querySelector('#steps')!.scrollTo(x, y), [left, top]);
        await page.evaluate((y) => scrollTo(0, y), top / 100);
        await settle(page);
        expectAligned(await positions(page));
      }
      // A step that is selected is scrolled to, with its lane.
      await page.keyboard.press('Home');
      await settle(page);
      const first = await positions(page);
      expectAligned(first);
      expect(first.steps[0].text.left).toBeGreaterThan(first.scroller.left);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });

  test('lanes follow the width of the window', async () => {
    const { page } = await open(browser, path(`${name}.html`), '', 'light', 400);
    for (const width of [1500, 700, 900]) {
      await page.setViewportSize({ width, height: 900 });
      await settle(page);
      expectAligned(await positions(page));
    }
    await page.close();
  });
});
