import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** The documents that people copy from: all that there are. */
export const documents: readonly string[] = ['.', 'docs', 'examples']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: folder !== '.', encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((name) => name.endsWith('.md'));

/** What stands between two fences. */
export interface Block {
  readonly document: string;
  /** Of its first line, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What stands between the block before and this one. */
  readonly before: string;
}

/** A command after `$ `, and what the document says it prints. */
export interface Command {
  readonly at: string;
  readonly command: string;
  readonly shown: string;
}

export function blocksOf(document: string): Block[] {
  const parts = readFileSync(document, 'utf8').split(/^```(.*)\n/m);
  const blocks: Block[] = [];
  let line = 1;
  // Text, language, block, what is behind its closing fence (nothing), text, …
  for (let i = 0; i + 2 < parts.length; i += 4) {
    line += parts[i].split('\n').length;
    blocks.push({ document, line, language: parts[i + 1], text: parts[i + 2], before: parts[i] });
    line += parts[i + 2].split('\n').length;
  }
  return blocks;
}

/** The commands of a block; none where its first line is no command, as what a command prints may begin with a `$`. */
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

/** The arguments of `npx gfnring …`. No shell is asked: what one would make something else of is not for a document's command. */
export function argsOf({ command }: Command): string[] {
  expect(command).toMatch(/^npx gfnring [^"'\\|&;<>`*$]+$/);
  return command.split(' ').slice(2);
}

/** Whether a command comes to what a document says. What shows a finding shows status 1, what is refused 2. */
export function expectShown({ shown }: Command, printed: string, status: number | null): void {
  expect(asShown(printed, shown)).toBe(alike(shown));
  expect(status).toBe(/^gfnring: /m.test(shown) ? 2 : /^✗ /m.test(shown) ? 1 : 0);
}

/** What differs from run to run: times, and the hashes in the names of findings. */
export const alike = (text: string): string =>
  text
    .trimEnd()
    .replace(/ +\d+\.\d s/g, ' T s')
    .replace(/\d+ s in all/, 'T s in all')
    .replace(/-[0-9a-f]{10}\.json/g, '-H.json');

/** What a command prints as far as a document shows it: what its lines `…` stand for is taken from the document, where the rest fits. */
function asShown(printed: string, shown: string): string {
  const lines = alike(printed).split('\n');
  const parts = alike(shown).split(/\n *…(?:\n|$)/);
  if (parts.length === 1) return lines.join('\n');
  let from = 0;
  for (const [i, part] of parts.entries()) {
    const wanted = part === '' ? [] : part.split('\n');
    const fits = (at: number): boolean => wanted.every((line, j) => lines[at + j] === line);
    const last = lines.length - wanted.length;
    // What is left out is at least a line.
    const [first, end] = i === 0 ? [0, 0] : i === parts.length - 1 ? [last, last] : [from + 1, last];
    let at = first;
    while (at <= end && !fits(at)) at++;
    if (at > end || at < first || (i > 0 && at <= from)) return lines.join('\n');
    from = at + wanted.length;
  }
  return alike(shown);
}
