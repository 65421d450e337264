import type { Scenario } from '../check/scenario.ts';
import { DEFAULT_MEMORY_MODEL } from '../explore/memoryModels/registry.ts';
import { formatSchedule, threadOf } from '../explore/schedule.ts';
import { shellQuote } from '../input/shellQuote.ts';
import { isSequentiallyConsistent } from '../run/createRun.ts';
import type { WrittenFinding } from '../run/exploreReport.ts';
import type { InterleavingData } from './data.ts';

/** Command lines that reproduce a finding, or calls of the library if the finding has no file. */
export function reproduceCommands(
  { file, scenario: source, memoryModel, tearing, cycle }: WrittenFinding,
  { program }: Scenario,
  schedule: readonly number[],
): InterleavingData['commands'] {
  const machine = [
    ...(memoryModel === DEFAULT_MEMORY_MODEL ? [] : [`memoryModel: '${memoryModel}'`]),
    ...(tearing ? ['tearing: true'] : []),
  ];
  if (schedule.length === 0) {
    const options = machine.length > 0 ? `, { ${machine.join(', ')} }` : '';
    const again =
      file === null
        ? `await explore(scenario${options})`
        : `npx gfnring explore ${shellQuote(file)} --scheduler exhaustive`;
    return [{ what: 'look again', line: again }];
  }
  if (file === null) {
    const skipped = 'skipped' in source ? [`skipped: ${JSON.stringify(source.skipped)}`] : [];
    const repeats = cycle === undefined ? [] : [`cycle: ${cycle}`];
    const options = [`replay: '${formatSchedule(schedule)}'`, ...repeats, ...machine, ...skipped];
    return [{ what: 'reproduce', line: `await explore(scenario, { ${options.join(', ')} })` }];
  }
  const replay = `npx gfnring replay ${shellQuote(file)}`;
  const last = program.actors[threadOf(schedule[schedule.length - 1]) % program.actors.length].name;
  return [
    { what: 'reproduce', line: replay },
    // Real threads are sequentially consistent and do not tear: they can show no other finding.
    ...(isSequentiallyConsistent({ memoryModel, tearing })
      ? [{ what: 'on threads', line: `${replay} --on workers` }]
      : []),
    { what: 'as one actor', line: `${replay} --actor ${shellQuote(last)} --inspect-brk` },
  ];
}
