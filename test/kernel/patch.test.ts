import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KernelTree } from '../../src/kernel/compile/kernelTree.ts';
import { applyToTree } from '../../src/kernel/patch/applyPatch.ts';
import { mailText } from '../../src/kernel/patch/mailText.ts';
import { emptyFolder } from '../commandLine.ts';

const FILE = 'virt/kvm/ring.c';
const LINES = Array.from({ length: 30 }, (_, i) => `int line_${i + 1};`);

function tree(files: Readonly<Record<string, string>> = { [FILE]: `${LINES.join('\n')}\n` }): string {
  const kdir = emptyFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(kdir, dirname(path)), { recursive: true });
    writeFileSync(join(kdir, path), text);
  }
  return kdir;
}

/** A hunk that adds `added` behind line `line`. Its header says `at` in place of `line`. */
const hunk = (line: number, added: string, at = line): string =>
  `@@ -${at},2 +${at},3 @@ int f(void)\n ${LINES[line - 1]}\n+${added}\n ${LINES[line]}\n`;
const diffOf = (...hunks: string[]): string =>
  [`diff --git a/${FILE} b/${FILE}`, 'index 1..2 100644', `--- a/${FILE}`, `+++ b/${FILE}`, hunks.join('')].join('\n');
const mail = (subject: string, diff: string): string =>
  `From 0123456789 Mon Sep 17 00:00:00 2001
From: A <a@example.org>
Subject: [PATCH] ${subject}

Some words.

--- a/not/this.c is what the mail says
---
 ${FILE} | 1 +

${diff}-- \n2.43.0

> a reply
`;

const applied = (kdir: string, text: string) => {
  const { changed, added } = applyToTree(kdir, text, 'p');
  return { text: changed.get(FILE), added: [...(added.get(FILE) ?? [])], changed };
};

describe('a patch is applied in memory', () => {
  test('its lines are new, and the file on disk stays', () => {
    const kdir = tree();
    const { text, added, changed } = applied(kdir, diffOf(hunk(3, 'int new;'), hunk(20, 'int other;')));
    expect([text?.split('\n')[3], added]).toEqual(['int new;', [4, 22]]);
    expect(new KernelTree(kdir).read(FILE)).not.toContain('new');
    expect(new KernelTree(kdir, changed).read(FILE)).toBe(text);
  });

  test('a hunk may be at other lines than it says', () => {
    expect(applied(tree(), diffOf(hunk(20, 'int new;', 5))).added).toEqual([21]);
  });

  test('mails: headers, words, a diffstat and signatures are skipped; a series applies in its order', () => {
    const second = diffOf(hunk(3, 'int b;').replace(LINES[3], 'int a;'));
    const series = `${mail('one', diffOf(hunk(3, 'int a;')))}\n${mail('two', second)}`.replaceAll(
      /^--- a.not.*\n/gm,
      '',
    );
    expect(applied(tree(), series).added).toEqual([4, 5]);
  });

  test('encoded mails', () => {
    const [head, diff] = ['Subject: x\nContent-Transfer-Encoding: ', diffOf(hunk(3, 'int a = 1; /* é */'))];
    const quoted = diff.replaceAll('=', '=3D').replace('é', '=C3=A9').replace('int f', 'int =\nf');
    const base64 = Buffer.from(diff).toString('base64').replace(/.{76}/g, '$&\r\n');
    for (const text of [`${head}quoted-printable\n\n${quoted}`, `${head}base64\r\n\r\n${base64}`])
      expect(mailText(text)).toBe(`${text.slice(0, text.search(/\r?\n\r?\n/)).replace('\r', '')}\n\n${diff}\n`);
  });

  test('new, deleted and renamed files; names without a/ and b/', () => {
    const kdir = tree({ [FILE]: 'int a;\n', 'old.h': 'int old;\n', 'from.h': 'int from;\n' });
    const { changed } = applied(
      kdir,
      `--- /dev/null\n+++ b/new.h\n@@ -0,0 +1 @@\n+int new;\n` +
        `--- a/old.h\n+++ /dev/null\n@@ -1 +0,0 @@\n-int old;\n` +
        `--- ${FILE}.orig\n+++ ${FILE}\n@@ -1 +1 @@\n-int a;\n+int b;\n` +
        `diff --git a/from.h b/to.h\nsimilarity index 100%\nrename from from.h\nrename to to.h\n`,
    );
    expect(Object.fromEntries(changed)).toEqual({
      'new.h': 'int new;\n',
      'old.h': null,
      'from.h': null,
      'to.h': 'int from;\n',
      [FILE]: 'int b;\n',
    });
    const after = new KernelTree(kdir, changed);
    expect(['new.h', 'old.h', 'to.h'].map((path) => after.has(path))).toEqual([true, false, true]);
  });
});

describe('a patch that cannot be applied', () => {
  test.each([
    ['no diff', 'words', /^p has no unified diff$/],
    [
      'a hunk of wrong length',
      diffOf(hunk(3, 'a').replace(',3 @@', ',4 @@')),
      /^p is no unified diff: Hunk at line 5 /,
    ],
    [
      'other lines there',
      diffOf(hunk(3, 'a'), hunk(20, 'b').replace('21', 'x')),
      /^p: hunk 2 of 2 of \S+ring\.c, for its lines 20 to 21, does not apply: the tree has other lines there$/,
    ],
    ['a file that is not there', diffOf(hunk(3, 'a')).replaceAll('ring.c', 'x.c'), /^p: virt\/kvm\/x\.c is no file of/],
    ['a path out of the tree', diffOf(hunk(3, 'a')).replaceAll(FILE, '../../x.c'), /is no path in the tree$/],
    ['a new file that is there', `--- /dev/null\n+++ b/${FILE}\n@@ -0,0 +1 @@\n+a\n`, /already has its new file/],
    ['a binary file', 'diff --git a/x.h b/x.h\nBinary files a/x.h and b/x.h differ\n', /x\.h is no file|binary/],
  ])('%s: one line', (_, text, message) => {
    expect(() => applied(tree(), text)).toThrow(message);
    expect(() => applied(tree(), text)).toThrow(/^[^\n]*$/);
  });

  test('a patch that the tree has already', () => {
    const diff = diffOf(hunk(3, 'int new;'));
    const kdir = tree({ [FILE]: applied(tree(), diff).text! });
    expect(() => applied(kdir, diff)).toThrow('the tree already has the patch');
  });
});
