import type { CompiledKernel } from '../../../kernel/compiled.ts';
import { type Unreached, unreachedOf } from '../../../kernel/run/unreached.ts';
import { plural } from '../../../report/format.ts';
import { print } from '../../output.ts';

/** Prints the lines and branches of the tree's code that no scenario reached. */
export function printCoverage(compiled: CompiledKernel): void {
  print();
  for (const line of coverageLines(unreachedOf(compiled))) print(line);
}

function coverageLines({ lines, branches, counts }: Unreached): string[] {
  const missed = counts.lines - counts.reached;
  return [
    `coverage: ${counts.reached} of ${plural(counts.lines, 'line')} reached by a scenario`,
    ...(missed === 0
      ? []
      : Object.entries(lines).map(([file, numbers]) => `  not reached: ${file} ${ranges(numbers)}`)),
    ...branches.map(({ place, to }) => `  never taken: ${place}${to === null ? '' : `, to ${to}`}`),
  ];
}

/** `3-5, 9`: numbers in ascending order. */
export function ranges(numbers: readonly number[]): string {
  const texts: string[] = [];
  for (let from = 0, to = 0; from < numbers.length; from = to) {
    for (to = from + 1; numbers[to] === numbers[to - 1] + 1; ) to++;
    texts.push(to - from === 1 ? `${numbers[from]}` : `${numbers[from]}-${numbers[to - 1]}`);
  }
  return texts.join(', ');
}
