import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** What a document shows: commands, one after the other, and what the last of them prints. */
export interface Shown {
  readonly commands: readonly string[];
  readonly printed: string;
}

export function shownIn(file: string): Shown[] {
  const blocks = [...readFileSync(file, 'utf8').matchAll(/^```\n(\$ [\s\S]*?)^```$/gm)].map((found) => found[1]);
  return blocks.map((block) => {
    const lines = block.split('\n');
    const from = lines.findIndex((line) => !line.startsWith('$ '));
    return { commands: lines.slice(0, from).map((line) => line.slice(2)), printed: lines.slice(from).join('\n') };
  });
}

/** The arguments of `npx gfnring …`. */
export const argsOf = (command: string): string[] => {
  const [npx, gfnring, ...args] = command.split(' ');
  expect([npx, gfnring]).toEqual(['npx', 'gfnring']);
  return args;
};

/** Whether it is what was printed, but for times and hashes, and what `…` stands for. A document that shows a finding shows status 1. */
export function expectShown({ printed }: Shown, { stdout, status }: { stdout: string; status: number | null }): void {
  const [whole, parts] = [same(stdout), same(printed).split(/\n *…\n?/)];
  let at = 0;
  for (const part of parts) {
    const found = whole.indexOf(part, at);
    expect(found < 0 ? whole : part).toBe(part);
    at = found + part.length;
  }
  expect(whole.startsWith(parts[0])).toBe(true);
  if (parts.at(-1) !== '') expect(whole.slice(at)).toBe('');
  expect(status).toBe(printed.includes('✗') ? 1 : 0);
}

const same = (text: string): string =>
  text
    .trimEnd()
    .replace(/ +\d+\.\d s/g, ' T s')
    .replace(/\d+ s in all/, 'T s in all')
    .replace(/-[0-9a-f]{10}\.json/g, '-H.json');
