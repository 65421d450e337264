import { type Command, Option } from 'commander';
import { memoryModels } from '../explore/memoryModels/registry.ts';
import { DEFAULT_TRACKER, trackerNames } from '../trackers/interface/names.ts';
import { UsageError } from './errors.ts';

/** A whole number from `least` on, for commander. */
export const wholeNumberArgument =
  (name: string, least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new UsageError(
      `--${name} is '${text}': must be a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? ' on' : ` to ${most}`}`,
    );
  };

/** A time in seconds above 0, for commander. */
export const seconds =
  (name: string, least: 'above 0' | 'from 0' = 'above 0') =>
  (text: string): number => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if ((value > 0 || (value === 0 && least === 'from 0')) && value <= 31_536_000) return value;
    throw new UsageError(`--${name} is '${text}': must be a number of seconds ${least}`);
  };

/** The options that all commands share. */
export interface SharedOptions {
  readonly seed: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const seedOption = (): Option =>
  new Option('--seed <n>', 'where all draws start from')
    .default(1)
    .argParser(wholeNumberArgument('seed', 0, 2 ** 31 - 1));
export const memoryModelOption = (): Option =>
  new Option('--memory-model <name>', 'what memory the actors share (docs/memory-models.md)')
    .choices([...memoryModels])
    .default('sc');
export const trackerOption = (): Option =>
  new Option('--tracker <name>', 'how dirty pages are recorded (docs/trackers.md)')
    .choices([...trackerNames])
    .default(DEFAULT_TRACKER);
export const tearingOption = (): Option =>
  new Option('--tearing', 'a plain 64-bit store is two of 32 bits').default(false);
/** The options of the machine that were given, by name. */
export const explicitMemoryOptions = (command: Command): string[] =>
  (['memoryModel', 'tearing'] as const)
    .filter((name) => command.getOptionValueSource(name) !== 'default')
    .map((name) => (name === 'tearing' ? name : 'memory-model'));
export const linesOption = (): Option =>
  new Option('--lines', 'behind each access of a trace the line of the code that it came from');
export const jsonOption = (): Option => new Option('--json', 'print one JSON document and nothing else');
export const quietOption = (): Option => new Option('--quiet', 'print findings only');
export const directoryOption = (): Option =>
  new Option('--dir <path>', 'where findings are written').default('.gfnring/findings');
export const scenarioSecondsOption = (): Option =>
  new Option('--seconds <n>', 'the most that one scenario may take').default(60).argParser(seconds('seconds'));
export const fileOption = (): Option =>
  new Option('--file <path>', 'the C file, seen from --kdir').default('virt/kvm/dirty_ring.c');
