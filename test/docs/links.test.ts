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

/** The targets of `[text](to)` in the project, and files that are named in backticks. */
function linksOf(document: string): Link[] {
  const text = texts.get(document)!;
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to).filter((to) => !/^[a-z]+:/.test(to));
  const named = [...text.matchAll(/`((?:(?:docs|src|test|bench|properties|examples)\/)?[\w./-]+)`/g)]
    .map(([, to]) => to)
    .filter((to) => /\.md$|^(docs|src|selftest|test|bench|properties|examples)\//.test(to))
    // Generated files, and names that the reader chooses.
    .filter((to) => to !== 'test/output' && !to.startsWith('build/') && !to.includes('NAME'));
  const here = dirname(document);
  return [
    ...links.map((to) => (to.startsWith('#') ? document + to : normalize(join(here, to)))),
    // A document names files of its own folder, or files by their path in the project.
    ...named.map((to) => (existsSync(to) ? to : normalize(join(here, to)))),
  ].map((to) => ({ document, to }));
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
