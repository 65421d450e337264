import type { Command } from 'commander';

interface CommandEntry {
  readonly load: () => Promise<Command>;
  /** The command may run users' code or take long: it runs in a thread that is supervised. */
  readonly supervised?: true;
  /** It runs until a signal ends it, which is no interruption then. */
  readonly isService?: true;
}

/** All commands, in the order in which help lists them. Only the called command is loaded. */
export const commandList: Readonly<Record<string, CommandEntry>> = {
  init: { load: async () => (await import('./commands/init.ts')).initCommand() },
  check: { load: async () => (await import('./commands/check.ts')).checkCommand(), supervised: true },
  explore: { load: async () => (await import('./commands/explore.ts')).exploreCommand(), supervised: true },
  fuzz: { load: async () => (await import('./commands/fuzz.ts')).fuzzCommand(), supervised: true },
  corpus: { load: async () => (await import('./commands/corpus.ts')).corpusCommand(), supervised: true },
  work: { load: async () => (await import('./commands/work.ts')).workCommand(), supervised: true, isService: true },
  replay: { load: async () => (await import('./commands/replay.ts')).replayCommand(), supervised: true },
  report: { load: async () => (await import('./commands/report.ts')).reportCommand(), supervised: true },
  prove: { load: async () => (await import('./commands/prove.ts')).proveCommand(), supervised: true },
  stress: { load: async () => (await import('./commands/stress.ts')).stressCommand(), supervised: true },
  kernel: { load: async () => (await import('./commands/kernel/kernel.ts')).kernelCommand(), supervised: true },
  litmus: { load: async () => (await import('./commands/litmus.ts')).litmusCommand(), supervised: true },
  list: { load: async () => (await import('./commands/list.ts')).listCommand() },
  bench: { load: async () => (await import('./commands/bench.ts')).benchCommand(), supervised: true },
  completion: { load: async () => (await import('./commands/completion.ts')).completionCommand() },
};
