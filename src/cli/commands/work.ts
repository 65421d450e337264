import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { runQueueWorker } from '../../campaign/executors/queueWorker.ts';
import { plural } from '../../report/format.ts';
import { STATUS } from '../errors.ts';
import { examples } from '../examples.ts';
import { quietOption, seconds, wholeNumberArgument } from '../options.ts';
import { print, progress } from '../output.ts';
import { packageVersion } from '../version.ts';

interface Options {
  readonly workers: number;
  readonly patience: number;
  readonly quiet?: boolean;
}

export const workCommand = (): Command =>
  new Command('work')
    .description("do what campaigns have put into a queue with 'fuzz --queue', until it is stopped")
    .argument('<url>', 'redis://host:port')
    .addOption(
      new Option('--workers <n>', 'worker threads')
        .default(availableParallelism(), 'one a core')
        .argParser(wholeNumberArgument('workers', 1, 256)),
    )
    .addOption(
      new Option('--patience <seconds>', 'how long a worker may take for 512 executions, before it is taken for hung')
        .default(120)
        .argParser(seconds('patience')),
    )
    .addOption(quietOption())
    .addHelpText(
      'after',
      examples({
        'work redis://queue:6379 --workers 8': "eight threads for what 'fuzz --queue redis://queue:6379' puts there",
        'work redis://queue:6379 --patience 600 --quiet': 'with executions that take long',
      }),
    )
    .action(async (url: string, { workers, patience, quiet }: Options) => {
      const stop = new AbortController();
      const interrupt = (): void => {
        if (stop.signal.aborted) process.exit(STATUS.interrupted);
        stop.abort();
      };
      process.removeAllListeners('SIGINT').on('SIGINT', interrupt).on('SIGTERM', interrupt);
      let tasks = 0;
      await runQueueWorker(url, {
        ...{ workers, patienceSeconds: patience, version: packageVersion, signal: stop.signal },
        onDone: (done) => {
          tasks = done;
          if (!quiet) progress(`${plural(done, 'task')} done …`);
        },
      });
      progress('');
      if (!quiet) print(`${plural(tasks, 'task')} done`);
    });
