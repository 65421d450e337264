import { readFileSync } from 'node:fs';
import type { TableData } from './data.ts';

/** `npm run canaries` writes it. */
const DOCUMENT = new URL('../../docs/canaries.md', import.meta.url);

/** The tables of `docs/canaries.md` for these trackers; none when the document is missing. */
export function canaryTables(trackers: ReadonlySet<string>): TableData[] {
  let text: string;
  try {
    text = readFileSync(DOCUMENT, 'utf8');
  } catch {
    return [];
  }
  return parseTables(text).filter(({ title }) => trackers.has(title));
}

/** The tables of a Markdown document. The title of a table is the `##` heading above it. */
export function parseTables(text: string): TableData[] {
  return text.split(/^## /m).flatMap((section) => {
    const [title, ...lines] = section.split('\n');
    const [head, , ...rows] = lines.filter((line) => line.startsWith('|')).map(parseCells);
    return head === undefined ? [] : [{ title: title.trim(), head, rows }];
  });
}

const parseCells = (line: string): string[] =>
  line
    .replace(/^\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('`', '').replaceAll('\\|', '|'));
