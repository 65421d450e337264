import { parentPort } from 'node:worker_threads';
import { setSupervisor } from '../process/supervision.ts';
import { runCommandLine } from './runCommandLine.ts';

/** What Node calls things that keep a thread alive, and what a user calls them. */
const RESOURCES: Readonly<Record<string, string>> = {
  Timeout: 'a timer',
  Immediate: 'a timer',
  TCPServerWrap: 'a server',
  TCPSocketWrap: 'a connection',
  PipeWrap: 'a pipe',
  UDPWrap: 'a socket',
  MessagePort: 'a message port or a worker',
  Worker: 'a worker',
  FSEventWrap: 'a watched file',
  ProcessWrap: 'a process',
};

const port = parentPort!;
setSupervisor((message) => port.postMessage(message));

const before = process.getActiveResourcesInfo();
await runCommandLine(process.argv.slice(2));
port.postMessage({ kind: 'done', status: Number(process.exitCode ?? 0), open: leftOpen() });

/** What the command has left open. The main thread ends it. */
function leftOpen(): string[] {
  const now = process.getActiveResourcesInfo();
  for (const name of before) if (now.includes(name)) now.splice(now.indexOf(name), 1);
  return [...new Set(now.flatMap((name) => RESOURCES[name] ?? []))];
}
