import { rmSync, writeFileSync } from 'node:fs';
import { errorCode } from '../../files/fileErrors.ts';
import { readText } from '../../files/readInput.ts';
import { BadInput } from '../../input/badInput.ts';
import { lockFile } from './layout.ts';

/**
 * Locks a campaign for this process. A lock of a process that has ended is taken over. Throws
 * `BadInput` if another process runs the campaign.
 */
export function acquireLock(directory: string): void {
  const file = lockFile(directory);
  const holder = readText(file);
  const pid = Number(holder?.split(' ')[0]);
  if (pid > 0 && pid !== process.pid && isRunning(pid, holder!))
    throw new BadInput(`${directory} is being run by process ${pid}: one at a time may`);
  if (holder !== undefined) rmSync(file, { force: true });
  try {
    writeFileSync(file, processIdentity(process.pid), { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new BadInput(`${directory} is being begun by another process: one at a time may`);
  }
}

export const releaseLock = (directory: string): void => rmSync(lockFile(directory), { force: true });

/**
 * A process number, with the start time of the process on Linux. Numbers alone are used again, soon
 * so in a container.
 */
function processIdentity(pid: number): string {
  const startTime = readText(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')[19];
  return startTime === undefined ? `${pid}` : `${pid} ${startTime}`;
}

function isRunning(pid: number, identity: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  return !identity.includes(' ') || identity === processIdentity(pid);
}
