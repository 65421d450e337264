import { availableParallelism } from 'node:os';
import { Argument, type Command, Option } from 'commander';
import { runQueueWorker } from '../../campaign/executors/queueWorker.ts';
import { plural } from '../../report/format.ts';
import { defineCommand } from '../defineCommand.ts';
import { stopSignal } from '../interrupt.ts';
import { patienceOption, quietOption, wholeNumberArgument } from '../options.ts';
import { print, printError, progress } from '../output.ts';
import { packageVersion } from '../version.ts';

interface Options {
  readonly workers: number;
  readonly patience: number;
  readonly quiet?: boolean;
}

export const workCommand = (): Command =>
  defineCommand({
    name: 'work',
    description: "run the tasks that campaigns put into a queue with 'fuzz --queue', until it is stopped",
    args: [new Argument('<url>', 'redis://host:port')],
    options: [
      new Option('--workers <n>', 'worker threads')
        .default(availableParallelism(), 'one for each core')
        .argParser(wholeNumberArgument('workers', 1, 256)),
      patienceOption(),
      quietOption(),
    ],
    examples: {
      'work redis://queue:6379 --workers 8': "eight threads for the tasks of 'fuzz --queue redis://queue:6379'",
      'work redis://queue:6379 --patience 600 --quiet': 'for executions that take long',
    },
    action: work,
  });

async function work(url: string, { workers, patience, quiet }: Options): Promise<void> {
  let tasks = 0;
  await runQueueWorker(url, {
    ...{ workers, patienceSeconds: patience, version: packageVersion, signal: stopSignal() },
    // No task is at fault, so no campaign is told.
    onLateFault: (message) => printError(`gfnring: ${message}`),
    onDone: (done) => {
      tasks = done;
      if (!quiet) progress(`${plural(done, 'task')} done …`);
    },
  });
  progress('');
  if (!quiet) print(`${plural(tasks, 'task')} done`);
}
