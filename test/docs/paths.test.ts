import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { documents } from './blocks.ts';

const ROOTS = ['.ci', 'bench', 'bin', 'docs', 'examples', 'properties', 'scripts', 'selftest', 'src', 'test'];
const paths = ROOTS.filter((root) => existsSync(root)).flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.includes('node_modules'))
    .map((path) => join(root, path)),
);
const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** The documents, and the README of each folder. */
const all = [...new Set([...documents, ...paths.filter((path) => path.endsWith('/README.md'))])];
const texts = new Map(all.map((document) => [document, readFileSync(document, 'utf8')]));

/** Names in backquotes that look like paths of the project and are not. */
const OTHERS: readonly (readonly [names: RegExp, what: string])[] = [
  [/^(\w+\/)*NAME\b/, 'the reader chooses the name'],
  [/^(build|test\/output)(\/|$)/, 'generated'],
  [/^(virt|arch|include|tools|linux)\//, "of the kernel's tree"],
  [/^(kvm_main|dirty_ring|kvm)\.[ch]$/, "of the kernel's tree"],
  [/^(campaign|state)\.json$|^(corpus|findings|set-aside)\/$/, "of a campaign's folder"],
  [/^ringbuf\.js$/, 'a package'],
  [/^lib\/wait\.js$/, 'of a package'],
];

/** The files and folders that a document names in backquotes. */
const namedIn = (document: string): string[] =>
  [
    ...texts
      .get(document)!
      .replaceAll(/^```[\s\S]*?^```/gm, '')
      .matchAll(/`([\w.@/-]+)`/g),
  ]
    .map(([, name]) => name)
    .filter(
      (name) => /[\w-]\/$|\w\.(ts|mjs|js|c|h|md|json|svg|png|html)$/.test(name) || ROOTS.includes(name.split('/')[0]),
    )
    .filter((name) => !OTHERS.some(([names]) => names.test(name)));

/**
 * Whether it is the path of a file or folder, in the project or in the folder of the document. A
 * path may be shortened: the README of a folder names what is below it, and in other documents the
 * sentence says in which folder.
 */
function exists(document: string, name: string): boolean {
  const path = name.replace(/\/$/, '');
  const below = document.endsWith('/README.md') ? `${dirname(document)}/` : '';
  return (
    existsSync(name) ||
    existsSync(join(dirname(document), name)) ||
    paths.some((other) => other.startsWith(below) && other.endsWith(`/${path}`))
  );
}

test('every path that a document names exists', () => {
  const named = all.flatMap((document) => namedIn(document).map((name) => [document, name] as const));
  expect(named.length).toBeGreaterThan(200);
  expect(named.filter(([document, name]) => !exists(document, name))).toEqual([]);
});

test('every folder in a table of folders exists', () => {
  const folders = all.flatMap((document) =>
    [...texts.get(document)!.matchAll(/^\| folder of `(.*?)` \|.*\n\|[ |-]+\n((?:\|.*\n)+)/gm)].flatMap(
      ([, parent, rows]) => [...rows.matchAll(/^\| `(.*?)`/gm)].map(([, folder]) => join(parent, folder)),
    ),
  );
  expect(folders.length).toBeGreaterThan(5);
  expect(folders.filter((folder) => !isFolder(folder))).toEqual([]);
});

test('the layers of ARCHITECTURE.md are the folders of src', () => {
  const [, block] = /^## Layers\n[^`]*`[\s\S]*?\n```\n([\s\S]*?)\n```/m.exec(texts.get('ARCHITECTURE.md')!)!;
  const named = block.split('\n').flatMap((line) => line.slice(0, 24).replace('(code)', '').trim().split(/\s+/));
  const folders = readdirSync('src').filter((name) => isFolder(join('src', name)));
  expect([...new Set(named)].sort()).toEqual(folders.sort());
});
