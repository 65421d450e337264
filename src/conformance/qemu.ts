import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { ToolMissing } from './toolMissing.ts';

const QEMU = 'qemu-system-x86_64';
/** The longest time without output. A boot takes seconds, an operation milliseconds. */
const SILENCE_MS = 120_000;

/** Software emulation on any host, and the debug port on stdout. */
const MACHINE = [
  ['-accel', 'tcg,thread=multi'],
  ['-machine', 'pc'],
  ['-cpu', 'max'],
  ['-nodefaults', '-no-user-config', '-no-reboot'],
  ['-display', 'none'],
  ['-monitor', 'none'],
  ['-debugcon', 'stdio'],
].flat();
const KERNEL_ARGUMENTS = 'console=ttyS0 quiet panic=-1 nokaslr mitigations=off';

/** Paths of files. `console` is written. */
export interface BootFiles {
  readonly vmlinuz: string;
  readonly initrd: string;
  readonly console: string;
}

export interface BootOptions {
  /** Default 1. */
  readonly processors?: number;
  /** Default 256. */
  readonly megabytes?: number;
  /** Further arguments of the kernel. */
  readonly kernelArguments?: readonly string[];
  /** The path of a socket, where QEMU's gdb stub listens. */
  readonly debugSocket?: string;
  /** Ends the machine. */
  readonly signal?: AbortSignal;
}

/**
 * Boots a kernel, and waits until the machine stops. Returns the output on its console, followed by
 * that of QEMU itself. Throws ToolMissing if there is no QEMU.
 *
 * @param onLine is called for each line that the first process writes to the debug port.
 */
export async function boot(
  { vmlinuz, initrd, console }: BootFiles,
  onLine: (line: string) => void,
  { processors = 1, megabytes = 256, kernelArguments = [], debugSocket, signal }: BootOptions = {},
): Promise<string> {
  const sizes = ['-smp', `${processors}`, '-m', `${megabytes}`];
  const files = ['-kernel', vmlinuz, '-initrd', initrd, '-serial', `file:${console}`];
  const debug =
    debugSocket === undefined
      ? []
      : ['-chardev', `socket,id=gdb,server=on,wait=off,path=${debugSocket}`, '-gdb', 'chardev:gdb'];
  const append = ['-append', [KERNEL_ARGUMENTS, ...kernelArguments].join(' ')];
  const child = spawn(QEMU, [...MACHINE, ...sizes, ...files, ...debug, ...append], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal, killSignal: 'SIGKILL' as const }),
  });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill); // it does not outlive us when we are interrupted
  const said: string[] = [];
  const silence = setTimeout(() => {
    said.push(`nothing was said for ${SILENCE_MS / 1000} s`);
    kill();
  }, SILENCE_MS);
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  createInterface({ input: child.stdout }).on('line', (line) => {
    silence.refresh();
    onLine(line);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', ({ name }) => {
        if (name !== 'AbortError')
          reject(new ToolMissing(QEMU, 'it is not installed (Debian: apt-get install qemu-system-x86)'));
      });
      child.on('close', () => resolve());
    });
  } finally {
    clearTimeout(silence);
    process.off('exit', kill);
  }
  return readFileSync(console, 'utf8') + said.join('');
}
