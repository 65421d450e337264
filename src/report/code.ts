import { readFileSync } from 'node:fs';

/** Letters of a line of code that are shown, at most. */
const LETTERS_MAX = 160;

/** Reads lines of code: `file:line:column`, with a function before it where it is known. What cannot be read is left out: a finding may come from elsewhere. */
export class SourceReader {
  private readonly files = new Map<string, readonly string[]>();

  at(source: string): string | undefined {
    const [, file, line] = /(\S+):(\d+):\d+$/.exec(source) ?? [];
    if (file === undefined) return undefined;
    return this.linesOf(file)[Number(line) - 1]?.trim().slice(0, LETTERS_MAX);
  }

  private linesOf(file: string): readonly string[] {
    let lines = this.files.get(file);
    if (lines === undefined) {
      try {
        lines = readFileSync(file, 'utf8').split('\n');
      } catch {
        lines = [];
      }
      this.files.set(file, lines);
    }
    return lines;
  }
}
