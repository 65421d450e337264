import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** All documents that users read. */
export const documents: readonly string[] = ['.', 'docs', 'examples']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: folder !== '.', encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((name) => name.endsWith('.md'));

/** A code block. */
export interface Block {
  readonly document: string;
  /** Number of its first line, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** The text between the previous block and this one. */
  readonly before: string;
}

/** A command after `$ `, and the output that the document shows. */
export interface Command {
  readonly at: string;
  readonly command: string;
  readonly shown: string;
}

export function blocksOf(document: string): Block[] {
  const parts = readFileSync(document, 'utf8').split(/^```(.*)\n/m);
  const blocks: Block[] = [];
  let line = 1;
  // Text, language, block, the rest of the closing line (empty), text, …
  for (let i = 0; i + 2 < parts.length; i += 4) {
    line += parts[i].split('\n').length;
    blocks.push({ document, line, language: parts[i + 1], text: parts[i + 2], before: parts[i] });
    line += parts[i + 2].split('\n').length;
  }
  return blocks;
}

/**
 * The commands of a block. If its first line is no command there are none, because output may begin
 * with a `$` too.
 */
export function commandsOf({ document, line, text }: Block): Command[] {
  if (!text.startsWith('$ ')) return [];
  let at = line;
  return text.split(/^(?=\$ )/m).map((part) => {
    const [first, ...shown] = part.split('\n');
    const command = { at: `${document}:${at}`, command: first.slice(2), shown: shown.join('\n').trimEnd() };
    at += part.split('\n').length - 1;
    return command;
  });
}

/**
 * The arguments of `npx gfnring …`. There is no shell, so the command must not contain its special
 * characters.
 */
export function argsOf({ command }: Command): string[] {
  expect(command).toMatch(/^npx gfnring [^"'\\|&;<>`*$]+$/);
  return command.split(' ').slice(2);
}

/** Compares the output with the document. A finding must have status 1, an error status 2. */
export function expectShown({ shown }: Command, printed: string, status: number | null): void {
  expect(abridged(printed, shown)).toBe(normalised(shown));
  expect(status).toBe(/^gfnring: /m.test(shown) ? 2 : /^✗ /m.test(shown) ? 1 : 0);
}

/** Replaces what differs between runs: times. */
const normalised = (text: string): string =>
  text
    .trimEnd()
    .replace(/ +\d+\.\d s/g, ' T s')
    .replace(/\d+ s in all/, 'T s in all');

/** The output with `…` for the lines that the document leaves out, if the other lines are equal. */
function abridged(printed: string, shown: string): string {
  const lines = normalised(printed).split('\n');
  const parts = normalised(shown).split(/\n *…(?:\n|$)/);
  if (parts.length === 1) return lines.join('\n');
  let from = 0;
  for (const [i, part] of parts.entries()) {
    const wanted = part === '' ? [] : part.split('\n');
    const fits = (at: number): boolean => wanted.every((line, j) => lines[at + j] === line);
    const last = lines.length - wanted.length;
    // At least one line is left out.
    const [first, end] = i === 0 ? [0, 0] : i === parts.length - 1 ? [last, last] : [from + 1, last];
    let at = first;
    while (at <= end && !fits(at)) at++;
    if (at > end || at < first || (i > 0 && at <= from)) return lines.join('\n');
    from = at + wanted.length;
  }
  return normalised(shown);
}
