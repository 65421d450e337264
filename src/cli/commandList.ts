import type { Command } from 'commander';

interface CommandEntry {
  readonly load: () => Promise<Command>;
  /**
   * The command computes for seconds without a pause. It runs in its own thread, so that Ctrl-C
   * works.
   */
  readonly blocks?: true;
}

/** All commands, in the order in which help lists them. Only the called command is loaded. */
export const commandList: Readonly<Record<string, CommandEntry>> = {
  check: { load: async () => (await import('./commands/check.ts')).checkCommand(), blocks: true },
  explore: { load: async () => (await import('./commands/explore.ts')).exploreCommand(), blocks: true },
  fuzz: { load: async () => (await import('./commands/fuzz.ts')).fuzzCommand() },
  corpus: { load: async () => (await import('./commands/corpus.ts')).corpusCommand() },
  work: { load: async () => (await import('./commands/work.ts')).workCommand() },
  replay: { load: async () => (await import('./commands/replay.ts')).replayCommand(), blocks: true },
  report: { load: async () => (await import('./commands/report.ts')).reportCommand(), blocks: true },
  stress: { load: async () => (await import('./commands/stress.ts')).stressCommand() },
  kernel: { load: async () => (await import('./commands/kernel/kernel.ts')).kernelCommand(), blocks: true },
  litmus: { load: async () => (await import('./commands/litmus.ts')).litmusCommand(), blocks: true },
  list: { load: async () => (await import('./commands/list.ts')).listCommand() },
  bench: { load: async () => (await import('./commands/bench.ts')).benchCommand() },
  completion: { load: async () => (await import('./commands/completion.ts')).completionCommand() },
};
