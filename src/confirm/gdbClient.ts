import { connect, type Socket } from 'node:net';
import {
  encodePacket,
  fromLittleEndian,
  littleEndian,
  PacketReader,
  parseStopReply,
  resumePacket,
  type StopReply,
} from './gdbPackets.ts';

/** The longest time for a reply of a stopped machine. */
const REPLY_MS = 20_000;
const INTERRUPT = '\x03';

/** A breakpoint at an instruction, or a watchpoint on a written word of four bytes. */
export interface StopPoint {
  readonly kind: 'instruction' | 'written';
  readonly address: bigint;
}

/**
 * The gdb stub of a machine in QEMU. Commands are for a stopped machine, and one at a time. A reply
 * can lag behind its command, so each command names the form of its reply, and others are dropped.
 */
export class GdbClient {
  private readonly socket: Socket;
  private readonly reader = new PacketReader();
  private readonly packets: string[] = [];
  private wake: (() => void) | undefined;
  private closed: string | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => this.receive(String(chunk)));
    socket.on('close', () => this.close('the machine has ended'));
    socket.on('error', ({ message }) => this.close(message));
  }

  /** Connects to the stub, which stops the machine. @param path of its socket. */
  static async open(path: string): Promise<GdbClient> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const client = new GdbClient(socket);
    await client.command('qSupported:multiprocess+;vContSupported+', /PacketSize/);
    await client.command('vCont?', /^vCont/);
    return client;
  }

  private receive(chunk: string): void {
    try {
      for (const body of this.reader.read(chunk)) {
        this.socket.write('+');
        this.packets.push(body);
      }
    } catch (error) {
      this.close((error as Error).message);
    }
    this.wake?.();
  }

  private close(why: string): void {
    this.closed ??= why;
    this.wake?.();
  }

  end(): void {
    this.socket.destroy();
  }

  /** The next packet for which `isWanted`; undefined: none came in time. Throws at the end. */
  private async packet(isWanted: (body: string) => boolean, ms: number): Promise<string | undefined> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.wake?.();
    }, ms);
    try {
      for (;;) {
        for (let body = this.packets.shift(); body !== undefined; body = this.packets.shift())
          if (isWanted(body)) return body;
        if (this.closed !== undefined) throw new Error(this.closed);
        if (late) return undefined;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
      this.wake = undefined;
    }
  }

  private send(body: string): void {
    this.socket.write(encodePacket(body), 'latin1');
  }

  private async command(body: string, form: RegExp): Promise<string> {
    this.send(body);
    const reply = await this.packet((packet) => form.test(packet) || /^E[0-9a-f]{2}$/.test(packet), REPLY_MS);
    if (reply === undefined || !form.test(reply))
      throw new Error(`the gdb stub answers ${body} by ${reply ?? 'nothing'}`);
    return reply;
  }

  /** Resumes these CPUs only. Nothing is waited for. */
  resume(cpus: readonly number[]): void {
    this.packets.length = 0; // what came while the machine was stopped reports no later stop
    this.send(resumePacket(cpus));
  }

  /** Waits until the machine stops; undefined: it did not in time. */
  async stop(ms: number): Promise<StopReply | undefined> {
    const body = await this.packet((packet) => parseStopReply(packet) !== undefined, ms);
    return body === undefined ? undefined : parseStopReply(body);
  }

  /** Stops a running machine. Returns why it stopped: a breakpoint may have been faster. */
  async interrupt(): Promise<StopReply> {
    this.socket.write(INTERRUPT, 'latin1');
    const stop = await this.stop(REPLY_MS);
    if (stop === undefined) throw new Error('the machine does not stop');
    return stop;
  }

  /** Runs one instruction of a CPU, also one with a breakpoint. */
  async step(cpu: number): Promise<void> {
    this.packets.length = 0;
    this.send(`vCont;s:p1.${cpu.toString(16)}`);
    if ((await this.stop(REPLY_MS)) === undefined) throw new Error('a single step does not end');
  }

  async insert(point: StopPoint): Promise<void> {
    await this.command(`Z${pointText(point)}`, /^OK$/);
  }

  async remove(point: StopPoint): Promise<void> {
    await this.command(`z${pointText(point)}`, /^OK$/);
  }

  /** Reads memory as a CPU sees it. @param bytes up to 8. */
  async read(cpu: number, address: bigint, bytes: number): Promise<bigint> {
    await this.command(`Hgp1.${cpu.toString(16)}`, /^OK$/);
    return fromLittleEndian(
      await this.command(`m${address.toString(16)},${bytes}`, new RegExp(`^[0-9a-f]{${2 * bytes}}$`)),
    );
  }

  /** The instruction pointer, and the first two arguments of a function at its entry. */
  async registers(cpu: number): Promise<{ readonly rip: bigint; readonly rdi: bigint; readonly rsi: bigint }> {
    await this.command(`Hgp1.${cpu.toString(16)}`, /^OK$/);
    // The order of x86-64: rax rbx rcx rdx rsi rdi rbp rsp r8-r15 rip.
    const digits = await this.command('g', /^[0-9a-fx]{272,}$/);
    const register = (i: number): bigint => fromLittleEndian(digits.slice(16 * i, 16 * i + 16));
    return { rip: register(16), rdi: register(5), rsi: register(4) };
  }

  /** Writes to physical memory. */
  async writePhysical(address: bigint, value: bigint, bytes: number): Promise<void> {
    await this.command('Qqemu.PhyMemMode:1', /^OK$/);
    await this.command(`M${address.toString(16)},${bytes}:${littleEndian(value, bytes)}`, /^OK$/);
    await this.command('Qqemu.PhyMemMode:0', /^OK$/);
  }
}

const pointText = ({ kind, address }: StopPoint): string =>
  kind === 'instruction' ? `1,${address.toString(16)},1` : `2,${address.toString(16)},4`;
