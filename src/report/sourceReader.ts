import { readInput } from '../files/readInput.ts';

/** A longer line of code is cut. */
const CHARACTERS_MAX = 160;

/**
 * Reads lines of code by `file:line:column`, with or without a function name before it. The result
 * is undefined when the file cannot be read: a finding may come from another machine.
 */
export class SourceReader {
  private readonly files = new Map<string, readonly string[]>();

  lineAt(source: string): string | undefined {
    const [, file, line] = /(\S+):(\d+):\d+$/.exec(source) ?? [];
    if (file === undefined) return undefined;
    return this.linesIn(file)[Number(line) - 1]?.trim().replaceAll('\t', ' ').slice(0, CHARACTERS_MAX);
  }

  private linesIn(file: string): readonly string[] {
    let lines = this.files.get(file);
    if (lines === undefined) {
      try {
        lines = readInput(file, { what: 'source' }).split('\n');
      } catch {
        lines = [];
      }
      this.files.set(file, lines);
    }
    return lines;
  }
}
