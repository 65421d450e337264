import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { ToolMissing } from './toolMissing.ts';

const QEMU = 'qemu-system-x86_64';
/** The longest time without output. A boot takes seconds, an operation milliseconds. */
const SILENCE_MS = 120_000;

/** Software emulation on any host, one processor, and the debug port on stdout. */
const MACHINE = [
  ['-accel', 'tcg,thread=multi'],
  ['-machine', 'pc'],
  ['-cpu', 'max'],
  ['-smp', '1'],
  ['-m', '256'],
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

/**
 * Boots a kernel, and waits until the machine stops. Returns the output on its console, followed by
 * that of QEMU itself. Throws ToolMissing if there is no QEMU.
 *
 * @param onLine is called for each line that the first process writes to the debug port.
 */
export async function boot({ vmlinuz, initrd, console }: BootFiles, onLine: (line: string) => void): Promise<string> {
  const files = ['-kernel', vmlinuz, '-initrd', initrd, '-serial', `file:${console}`];
  const child = spawn(QEMU, [...MACHINE, ...files, '-append', KERNEL_ARGUMENTS], { stdio: ['ignore', 'pipe', 'pipe'] });
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
      child.on('error', () =>
        reject(new ToolMissing(QEMU, 'it is not installed (Debian: apt-get install qemu-system-x86)')),
      );
      child.on('close', () => resolve());
    });
  } finally {
    clearTimeout(silence);
    process.off('exit', kill);
  }
  return readFileSync(console, 'utf8') + said.join('');
}
