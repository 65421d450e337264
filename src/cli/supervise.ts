import { Worker } from 'node:worker_threads';
import { oneLine } from '../input/oneLine.ts';
import { SCHEMA } from '../input/schema.ts';
import { describeThrown } from '../input/show.ts';
import { killDescendants } from '../process/descendants.ts';
import { mustNotCall } from '../process/forbidEnding.ts';
import { isThrownByPackage } from '../process/moduleToBlame.ts';
import { createStopRequest, STOP } from '../process/stopRequest.ts';
import type { Ending, EndReason, SupervisionMessage } from '../process/supervision.ts';
import { DEFAULT_MEGABYTES, givenMegabytes } from './memoryLimit.ts';
import { STATUS } from './status.ts';

/** How long a command that was asked to stop may take before it is ended. */
const STOP_MS = 700;
/** How often the memory of the process is measured. */
const MEMORY_MS = 50;
/** How long the command thread may take to end when it is terminated. */
const TERMINATE_MS = 1500;
/** Node fires a longer timer at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

type Guard = Extract<SupervisionMessage, { readonly kind: 'guard' }> & { deadline: number };

/**
 * Runs a command line in a thread of its own and supervises it: see `src/process`. Prints what it
 * says, hears signals, and sets the exit status of the process.
 *
 * @param args without the program: `['explore', 'ring']`.
 * @returns what is to be called at a signal.
 */
export function supervise(args: readonly string[]): () => void {
  const supervisor = new Supervisor(args);
  return () => supervisor.interrupt();
}

class Supervisor {
  private readonly args: readonly string[];
  private readonly worker: Worker;
  private readonly requestStop = createStopRequest();
  /** The innermost guard is the last. */
  private readonly guards: Guard[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** The last module that was loaded. */
  private module: string | undefined;
  /** Something was printed to stdout. With `--json`, that is the whole document. */
  private hasResult = false;
  private isStopping = false;
  private isOver = false;

  constructor(args: readonly string[]) {
    this.args = args;
    this.worker = new Worker(new URL('./commandThread.js', import.meta.url), {
      argv: [...args],
      stdout: true,
    });
    // What a module prints by itself must not get between the lines of a result.
    this.worker.stdout.pipe(process.stderr, { end: false });
    this.worker.on('message', (message: SupervisionMessage) => this.receive(message));
    this.worker.on('error', (error) => this.crashed(error));
    this.worker.on('exit', (status) => this.exited(status));
    this.limitMemory(givenMegabytes(args));
  }

  private receive(message: SupervisionMessage): void {
    switch (message.kind) {
      case 'write':
        if (message.stream === 'stdout') this.hasResult = true;
        process[message.stream].write(message.text);
        break;
      case 'module':
        this.module = message.path;
        break;
      case 'ends':
        this.endedByModule(message.call);
        break;
      case 'guard':
        this.guards.push({ ...message, deadline: performance.now() + message.seconds * 1000 });
        this.startTimer();
        break;
      case 'release':
        this.guards.splice(this.guards.findIndex(({ id }) => id === message.id));
        this.startTimer();
        break;
      case 'extend':
        for (const guard of this.guards) guard.deadline += message.seconds * 1000;
        this.startTimer();
        break;
      case 'done':
        this.done(message);
        break;
      default:
        message satisfies never;
    }
  }

  /** One timer, for the earliest deadline. */
  private startTimer(): void {
    clearTimeout(this.timer);
    const left = Math.min(...this.guards.map(({ deadline }) => deadline)) - performance.now();
    if (left < TIMER_MAX_MS) this.timer = setTimeout(() => this.endBy('late'), Math.max(0, left));
  }

  /**
   * Measured from here, as V8 aborts the process at its own limits of a thread. Until the next
   * measurement, a command may take more.
   *
   * @param megabytes undefined: the default, and only while a guard is there, because a campaign on
   * many threads may need more.
   */
  private limitMemory(megabytes: number | undefined): void {
    const limit = process.memoryUsage.rss() + (megabytes ?? DEFAULT_MEGABYTES) * 2 ** 20;
    const measure = (): void => {
      const isLimited = megabytes !== undefined || this.guards.length > 0;
      if (isLimited && process.memoryUsage.rss() > limit) this.endBy('out of memory');
    };
    setInterval(measure, MEMORY_MS).unref();
  }

  interrupt(): void {
    if (this.isStopping) this.endBy('interrupted');
    this.isStopping = true;
    this.requestStop();
    this.worker.postMessage(STOP);
    setTimeout(() => this.endBy('interrupted'), STOP_MS);
  }

  /** Ends a command that does not end by itself. */
  private endBy(reason: EndReason): void {
    if (this.isOver) return;
    const { status, stdout, stderr } = this.guards.at(-1)?.endings[reason] ?? endingWithoutGuard(reason);
    // A guard that knows no result leaves the document to the command. Errors have none.
    const isShort = stdout === undefined && (status === 'interrupted' || status === 'undecided');
    const isJson = this.args.includes('--json');
    if (isJson && this.hasResult) this.end(STATUS[status]);
    else if (isJson && isShort) this.end(STATUS[status], shortDocument(reason));
    else this.end(STATUS[status], stdout, stderr);
  }

  private done({ status, open }: Extract<SupervisionMessage, { readonly kind: 'done' }>): void {
    const left = open.length > 0 ? `${this.module} left open: ${open.join(', ')}` : undefined;
    this.end(status, '', left === undefined ? '' : `gfnring: ${left}\n`);
  }

  /** An error that nothing in the command thread caught. */
  private crashed(error: unknown): void {
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      this.endBy('out of memory');
      return;
    }
    const message = oneLine(
      error instanceof Error ? error.message : typeof error === 'string' ? error : describeThrown(error),
    );
    if (this.module !== undefined && !isThrownByPackage(error))
      this.end(STATUS.usage, '', `gfnring: ${this.module}: an error outside of any operation: ${message}\n`);
    else this.end(STATUS.harness, '', `gfnring: the harness itself failed: ${message}\n`);
  }

  private endedByModule(call: string): void {
    if (this.module !== undefined) this.end(STATUS.usage, '', `gfnring: ${this.module} ${mustNotCall(call)}\n`);
    else this.end(STATUS.harness, '', `gfnring: the harness itself failed: it calls ${call}\n`);
  }

  /** The thread has ended and has not said why. */
  private exited(status: number): void {
    if (this.module !== undefined) this.end(STATUS.usage, '', `gfnring: ${this.module} ends its thread\n`);
    else this.end(STATUS.harness, '', `gfnring: the harness itself failed: its thread ended with ${status}\n`);
  }

  private end(status: number, stdout = '', stderr = ''): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    process.exitCode = status;
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    killDescendants(process.pid);
    // Not process.exit: what was written to a pipe is still on its way.
    void this.worker.terminate().then(exitWhenWritten);
    setTimeout(() => exitAtOnce(status), TERMINATE_MS).unref();
  }
}

const endingWithoutGuard = (reason: EndReason): Ending => ({
  status: reason === 'interrupted' ? 'interrupted' : 'undecided',
  stderr: `gfnring: ${reason}\n`,
});

const shortDocument = (reason: EndReason): string => `${JSON.stringify({ schema: SCHEMA, outcome: reason })}\n`;

/** Exits once both streams are written. */
function exitWhenWritten(): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

/**
 * Exits although a thread does not let itself be terminated: it waits for an answer on the
 * terminal, or Node 24 does not interrupt its loop. `process.exit` would wait for it. Node from
 * 22.15 can replace the process. For others only a signal is left, which has its own status.
 */
function exitAtOnce(status: number): void {
  const { execve } = process as { readonly execve?: (file: string, args: readonly string[], env: object) => void };
  execve?.('/bin/sh', ['sh', '-c', `exit ${status}`], {});
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, status === STATUS.interrupted ? 'SIGINT' : 'SIGKILL');
}
