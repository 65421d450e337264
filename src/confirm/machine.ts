import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkReadable, type KernelFiles } from '../conformance/conformance.ts';
import { packInitrd } from '../conformance/initrd.ts';
import { boot } from '../conformance/qemu.ts';
import { BadInput } from '../input/badInput.ts';
import { GdbClient } from './gdbClient.ts';
import { kernelSymbols } from './locations.ts';
import { type MachineLine, parseMachineLine } from './machineLines.ts';

/** The C program, located relative to both src and dist. */
const SOURCE = fileURLToPath(new URL('../../src/confirm/init.c', import.meta.url));
/** A boot takes 10 to 30 seconds, a round less than one. */
const LINE_MS = 120_000;

/**
 * QEMU drops all translations of a guest at each of its exits. So its processor has no tick and
 * nothing else to do: otherwise no stale translation would live for long.
 */
const KERNEL_ARGUMENTS = [
  'nohz_full=2',
  'isolcpus=nohz,domain,managed_irq,2',
  'rcu_nocbs=2',
  'nowatchdog',
  'tsc=reliable',
];

/** The machine has ended before its program was done. */
export class MachineStopped extends Error {}

/** A booted machine. The program in it says one line after the other. */
export class Machine {
  private readonly lines: MachineLine[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'gfnring-confirm-'));
  private readonly abort = new AbortController();
  private wake: (() => void) | undefined;
  private failure: unknown;
  private ended: Promise<void> | undefined;

  /**
   * Starts QEMU. Errors come at the next line. Throws BadInput or ToolMissing.
   *
   * @param program the file that init.c reads.
   */
  start({ vmlinuz, modules }: KernelFiles, program: string): void {
    checkReadable(vmlinuz);
    const paths = { vmlinuz, initrd: join(this.folder, 'initrd'), console: join(this.folder, 'console') };
    writeFileSync(paths.initrd, packInitrd(modules, SOURCE, { program, symbols: `${kernelSymbols.join('\n')}\n` }));
    writeFileSync(paths.console, '');
    const running = boot(paths, (line) => this.receive(line), {
      processors: 3,
      megabytes: 512,
      kernelArguments: KERNEL_ARGUMENTS,
      debugSocket: this.socket,
      signal: this.abort.signal,
    });
    this.ended = running.then(
      (console) =>
        this.fail(new MachineStopped(`the machine stopped: ${lastLines(console) || 'nothing on its console'}`)),
      (error) => this.fail(error),
    );
  }

  private get socket(): string {
    return join(this.folder, 'gdb');
  }

  private receive(text: string): void {
    try {
      this.lines.push(parseMachineLine(text));
    } catch (error) {
      this.fail(error);
    }
    this.wake?.();
  }

  private fail(error: unknown): void {
    this.failure ??= error;
    this.wake?.();
  }

  /** The next line of a kind. Lines before it are dropped. */
  async line<K extends MachineLine['kind']>(kind: K): Promise<MachineLine & { readonly kind: K }> {
    const timer = setTimeout(() => this.fail(new Error(`the machine says nothing for ${LINE_MS / 1000} s`)), LINE_MS);
    try {
      for (;;) {
        const line = this.lines.shift();
        if (line?.kind === kind) return line as MachineLine & { readonly kind: K };
        if (line !== undefined) continue;
        if (this.failure !== undefined) throw this.failure;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Connects to the gdb stub. The machine stops. */
  debug(): Promise<GdbClient> {
    return GdbClient.open(this.socket);
  }

  /** Why the machine ended, if that is behind an error of its debugger. */
  async reasonOf(error: unknown): Promise<unknown> {
    if (error instanceof BadInput) return error;
    await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, 1000))]);
    return this.failure ?? error;
  }

  /** Ends the machine, and removes its files. */
  async end(): Promise<void> {
    this.abort.abort();
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const lastLines = (console: string): string => console.trim().split('\n').slice(-3).join(' | ');
