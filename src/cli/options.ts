import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import {
  canonicalMemoryModel,
  DEFAULT_MEMORY_MODEL,
  type MemoryModelName,
  memoryModelNames,
  steppedMemoryModelNames,
} from '../explore/memoryModels/registry.ts';
import { DEFAULT_TRACKER } from '../trackers/interface/tracker.ts';
import { trackerNames } from '../trackers/registry.ts';
import { UsageError } from './errors.ts';
import { DEFAULT_MEGABYTES } from './memoryLimit.ts';
import { printError } from './output.ts';

/** Parses a whole number from `least` to `most`, for commander. */
export const wholeNumberArgument =
  (name: string, least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new UsageError(`--${name} is '${text}': must be a whole number ${range}`);
  };

/** Parses a number of seconds, of at most a year, for commander. */
export const secondsArgument =
  (name: string, least: 'above 0' | 'from 0' = 'above 0') =>
  (text: string): number => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if ((value > 0 || (value === 0 && least === 'from 0')) && value <= 31_536_000) return value;
    throw new UsageError(`--${name} is '${text}': must be a number of seconds ${least}`);
  };

/** Options that several commands share. */
export interface SharedOptions {
  readonly seed: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const seedOption = (): Option =>
  new Option('--seed <n>', 'seed of all random choices')
    .default(1)
    .argParser(wholeNumberArgument('seed', 0, 2 ** 31 - 1));
export const memoryModelOption = (names: readonly MemoryModelName[] = memoryModelNames): Option =>
  new Option('--memory-model <name>', 'memory model of the machine (docs/memory-models.md)')
    .choices([...names])
    .default(DEFAULT_MEMORY_MODEL)
    .argParser(memoryModelArgument(names));

/** Parses the name of a memory model. An old name is accepted, and a line on stderr says so. */
export const memoryModelArgument =
  (names: readonly string[]) =>
  (value: string): string => {
    const name = canonicalMemoryModel(value);
    if (!names.includes(name)) throw new UsageError(`--memory-model is '${value}': must be one of ${names.join(', ')}`);
    if (name !== value) printError(`gfnring: the memory model ${value} is called ${name} now; the old name will go`);
    return name;
  };
export const trackerOption = (): Option =>
  new Option('--tracker <name>', 'how dirty pages are recorded (docs/trackers.md)')
    .choices([...trackerNames])
    .default(DEFAULT_TRACKER);
export const tearingOption = (): Option =>
  new Option('--tearing', 'a plain 64-bit store is two stores of 32 bits').default(false);
export const linesOption = (): Option => new Option('--lines', 'print the source line of each access in a trace');
export const jsonOption = (): Option => new Option('--json', 'print one JSON document and nothing else');
export const trustOption = (): Option =>
  new Option('--trust', 'run modules that a finding or a campaign from elsewhere names: see docs/security.md');
export const quietOption = (): Option => new Option('--quiet', 'print findings only');
export const directoryOption = (): Option =>
  new Option('--dir <path>', 'directory of the findings').default('.gfnring/findings');
const scenarioSecondsOption = (): Option =>
  new Option('--seconds <n>', 'time limit for each scenario').default(60).argParser(secondsArgument('seconds'));
export const fileOption = (): Option =>
  new Option('--file <path>', 'the C file, relative to --kdir').default('virt/kvm/dirty_ring.c');
export const patienceOption = (): Option =>
  new Option('--patience <seconds>', 'time limit for 512 executions; a worker that exceeds it counts as hung')
    .default(120)
    .argParser(secondsArgument('patience'));

/** `supervise.ts` limits the memory of the whole command. */
export const memoryOption = (): Option =>
  new Option('--memory <n>', 'megabytes that the command may take, and its visited states')
    .default(DEFAULT_MEGABYTES)
    .argParser(wholeNumberArgument('memory', 64, 1 << 20));

const scenarioWorkersOption = (): Option =>
  new Option('--workers <n>', 'scenarios that are explored at a time; the result does not depend on it')
    .default(Math.min(16, availableParallelism()), 'one for each core')
    .argParser(wholeNumberArgument('workers', 1, 16));

/** The options of a command that checks the scenarios of a tracker. */
export const checkOptions = (): Option[] => [
  scenarioSecondsOption(),
  scenarioWorkersOption(),
  memoryOption(),
  memoryModelOption(steppedMemoryModelNames),
  tearingOption(),
  directoryOption(),
  seedOption(),
  jsonOption(),
  quietOption(),
];

/** Whether the user gave an option, by its name in camel case. */
export const isGiven = (command: Command, name: string): boolean => command.getOptionValueSource(name) !== 'default';

/** The options of the machine that the user gave, as they are spelt. */
export const givenMachineOptions = (command: Command): string[] =>
  (['memoryModel', 'tearing'] as const)
    .filter((name) => isGiven(command, name))
    .map((name) => (name === 'tearing' ? name : 'memory-model'));
