import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { documents } from './blocks.ts';

const texts = new Map(
  documents.map((document) => [document, readFileSync(document, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '')]),
);

interface Link {
  readonly document: string;
  readonly to: string;
}

/** The targets of `[text](to)` in the project. */
function linksOf(document: string): Link[] {
  return [...texts.get(document)!.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to]) => to)
    .filter((to) => !/^[a-z]+:/.test(to))
    .map((to) => ({ document, to: to.startsWith('#') ? document + to : normalize(join(dirname(document), to)) }));
}

/** The anchor of a heading on GitHub. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (document: string): string[] =>
  [...(texts.get(document) ?? '').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading));

const links = [...texts.keys()].flatMap(linksOf);

test('every link leads to a file and a heading that exist', () => {
  expect(links.length).toBeGreaterThan(50);
  const broken = links.filter(({ to }) => {
    const [file, anchor] = to.split('#');
    // Two headings with the same anchor are ambiguous.
    return !existsSync(file) || (anchor !== undefined && anchorsOf(file).filter((one) => one === anchor).length !== 1);
  });
  expect(broken).toEqual([]);
});

test('every document is reachable from docs/README.md', () => {
  const ours = documents.filter((document) => document.startsWith('docs/'));
  const reached = new Set(['docs/README.md']);
  for (const from of reached)
    for (const { document, to } of links)
      if (document === from && ours.includes(to.split('#')[0])) reached.add(to.split('#')[0]);
  expect(ours.filter((document) => !reached.has(document))).toEqual([]);
});
