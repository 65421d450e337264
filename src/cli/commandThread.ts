import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { exitThread, forbidEnding } from '../process/forbidEnding.ts';
import { leftOpen, noteEnding, type SupervisionMessage, setSupervisor } from '../process/supervision.ts';
import { runCommandLine } from './runCommandLine.ts';

/** What Node calls things that keep a thread alive, and what a user calls them. */
const RESOURCES: Readonly<Record<string, string>> = {
  Timeout: 'a timer',
  Immediate: 'a timer',
  TCPServerWrap: 'a server',
  TCPSocketWrap: 'a connection',
  PipeWrap: 'a pipe',
  UDPWrap: 'a socket',
  Worker: 'a worker',
  FSEventWrap: 'a watched file',
  ProcessWrap: 'a process',
};

const port = parentPort!;
setSupervisor((message) => port.postMessage(message));

forbidEnding((call) => {
  noteEnding(call);
  return exitThread();
});

// As it is, and not within an error of Node that explains rejections.
process.on('unhandledRejection', (reason) => {
  throw reason;
});

await runCommandLine(process.argv.slice(2));
// Node announces a new worker in the next turn of the event loop.
await setImmediate();
const open = [...new Set(leftOpen().flatMap((name) => RESOURCES[name] ?? []))];
port.postMessage({ kind: 'done', status: Number(process.exitCode ?? 0), open } satisfies SupervisionMessage);
