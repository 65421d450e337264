import { readFileSync } from 'node:fs';
import type { TableData } from './data.ts';

/** Written by `npm run canaries`. */
const DOCUMENT = new URL('../../docs/canaries.md', import.meta.url);

/** The tables of `docs/canaries.md` for some trackers; none where there is no such document. */
export function canaryTables(trackers: ReadonlySet<string>): TableData[] {
  let text: string;
  try {
    text = readFileSync(DOCUMENT, 'utf8');
  } catch {
    return [];
  }
  return tablesIn(text).filter(({ title }) => trackers.has(title));
}

/** The tables of a Markdown document, by the heading that they stand under. */
export function tablesIn(text: string): TableData[] {
  return text.split(/^## /m).flatMap((section) => {
    const [title, ...lines] = section.split('\n');
    const [head, , ...rows] = lines.filter((line) => line.startsWith('|')).map(cellsOf);
    return head === undefined ? [] : [{ title: title.trim(), head, rows }];
  });
}

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('`', '').replaceAll('\\|', '|'));
